using System.Text.RegularExpressions;
using WgFleet.Config;
using WgFleet.Config.Reading;

namespace WgFleet.Tests.Config;

/// <summary>What docs/configuration.md and the example file say is true.</summary>
public partial class DocumentedConfigTests
{
    private static readonly string Page = File.ReadAllText(InRepository("docs/configuration.md"));

    public static TheoryData<string> Blocks => [.. YamlBlock().Matches(Page).Select(m => m.Groups[1].Value)];

    [Fact]
    public void The_configuration_page_has_examples() => Blocks.Count.ShouldBeGreaterThan(3);

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Every_example_on_the_configuration_page_is_valid(string block) => Yaml.Valid(block);

    [Fact]
    public void The_first_example_on_the_webhooks_page_is_valid() =>
        Yaml.Valid(Yaml.Minimal + YamlBlock().Matches(File.ReadAllText(InRepository("docs/webhooks.md")))[0].Groups[1].Value)
            .Hooks.List.ShouldHaveSingleItem().Kind.ShouldBeOfType<WebhookConfig>().Concurrency.ShouldBe(4);

    [Fact]
    public void The_example_file_is_valid() => Yaml.Valid(Example());

    [Fact]
    public void The_commented_lines_of_the_example_file_are_the_defaults()
    {
        var commentedIn = Yaml.Valid(CommentedOut().Replace(Example(), "$1"));

        commentedIn.ShouldSatisfyAllConditions(
            c => c.Hooks.List.Select(h => h.Name).ShouldBe(["hosts_file", "prometheus_sd"]),
            c => Keys(c).ShouldBe(Keys(Yaml.Valid(Example()))));
    }

    [Fact]
    public void Every_key_has_a_row_on_the_page_and_every_row_is_for_a_key() =>
        Row().Matches(Page).Select(m => m.Groups["key"].Value).ShouldBe(ConfigKeys.All, ignoreOrder: true);

    [Theory]
    [InlineData("domain", "required")]
    [InlineData("prune_timeout", "required")]
    [InlineData("fleets", "required")]
    [InlineData("ip6", "required")]
    [InlineData("subnet", "required")]
    [InlineData("external_ip", "required")]
    [InlineData("port", "required")]
    [InlineData("name", "required")]
    [InlineData("enabled", "`true`")]
    public void The_page_says_which_keys_are_required(string key, string byDefault) => Defaults(key).First().ShouldBe(byDefault);

    [Fact]
    public void The_page_has_the_right_defaults()
    {
        var config = Yaml.Valid(Yaml.Minimal);

        Defaults("listen").First().ShouldBe(string.Join(" and ", config.Listen.Select(l => $"`{l}`")));
        Default("database").ShouldBe($"`{config.Database}`");
        Default("hosts_file").ShouldBe($"`{config.HostsFile}`");
        Default("prometheus_file").ShouldBe($"`{config.PrometheusFile}`");
        Default("prometheus_port").ShouldBe($"`{config.PrometheusPort}`");
        Default("wireguard_directory").ShouldBe($"`{config.WireGuardDirectory}`");
        Default("prometheus_keep").ShouldBe($"`{Duration.ToText(config.PrometheusKeep)}`");
        Default("tombstone_keep").ShouldBe($"`{Duration.ToText(config.TombstoneKeep)}`");
        Default("offline_after").ShouldBe($"`{Duration.ToText(config.OfflineAfter)}`");
        Default("prune_interval").ShouldBe($"`{Duration.ToText(config.PruneInterval)}`");
        Default("prune_grace").ShouldBe($"`{Duration.ToText(config.PruneGrace)}`");
        Default("prune_limit").ShouldBe($"`{config.PruneLimit}%`");
        Default("prune_limit_from").ShouldBe($"`{config.PruneLimitFrom}`");
        Default("metrics_allow").ShouldBe(string.Join(" and ", config.MetricsAllow.Select(n => $"`{n}`")));
        Default("admin_socket").ShouldBe($"`{config.AdminSocket}`");
        Default("await_timeout").ShouldBe($"`{Duration.ToText(config.Hooks.AwaitTimeout)}`");
        Default("shutdown_drain").ShouldBe($"`{Duration.ToText(config.Hooks.ShutdownDrain)}`");
        Default("exec_dirs").ShouldBe(string.Join(" and ", config.Hooks.Folders.Select(f => $"`{f}`")));
        Defaults("events").ShouldContain($"`{Duration.ToText(config.Hooks.Retain.Events)}`");
        Default("deliveries").ShouldBe($"`{Duration.ToText(config.Hooks.Retain.Deliveries)}`");
        Default("max_rows").ShouldBe($"`{config.Hooks.Retain.MaxRows}`");
    }

    [Fact]
    public void The_page_has_the_right_defaults_of_programs_webhooks_and_templates()
    {
        var exec = new ExecConfig { Command = "/x" };
        var webhook = new WebhookConfig { Url = new Uri("http://x/") };

        var stream = new StreamConfig { Command = "/x" };

        Defaults("timeout").ShouldBe(
            ["what the hook says, `10s` for a template", $"`{Duration.ToText(exec.Timeout)}`", $"`{Duration.ToText(stream.Timeout)}`", $"`{Duration.ToText(webhook.Timeout)}`"]);
        Default("start_timeout").ShouldBe($"`{Duration.ToText(stream.StartTimeout)}`");
        Defaults("user").ShouldBe([$"`{exec.User}`", $"`{stream.User}`"]);
        Defaults("concurrency").ShouldBe([$"`{stream.Concurrency}`", $"`{webhook.Concurrency}`"]);
        Default("mode").ShouldBe($"`\"0{Convert.ToString((int)new TemplateConfig { File = "", Path = "" }.Mode, 8)}\"`");
        Default("signal").ShouldBe("a reload for a unit that says how, else `HUP`");
        Page.ShouldContain($"one that is shipped ({string.Join(", ", WebhookConfig.Bodies.Select(s => $"`{s}`"))})");
        Page.ShouldContain($"or one that is shipped: {string.Join(", ", TemplateConfig.Shipped.Select(s => $"`{s}`"))}.");
    }

    [Fact]
    public void The_page_shows_error_messages_as_they_are_printed() =>
        Page.ShouldContain("```text\n" + Yaml.Problems("""
            domain: fleet.example.com
            prune_timeout: 30
            fleets:
              alpha:
                ip6: fd00:a0a8:34d:a0::1
                subent: fd00:a0a8:34d:a0::/64
                subnet: fd00:a0a8:34d:a0::/64
                external_ip: 203.0.113.7
                port: 70000
            """).Replace("FILE", "/etc/wg-fleet.yaml") + "\n```");

    private static string Default(string key) => Defaults(key).ShouldHaveSingleItem();

    private static IEnumerable<string> Defaults(string key) => Row().Matches(Page).Where(m => m.Groups["key"].Value == key).Select(m => m.Groups["default"].Value);

    private static string Example() => File.ReadAllText(InRepository("packaging/wg-fleet.example.yaml"));

    private static string Keys(ServerConfig c) => string.Join('\n',
        c.PruneInterval, c.PruneGrace, c.PruneLimit, c.PruneLimitFrom, string.Join(' ', c.Listen), c.Database, c.HostsFile, c.PrometheusFile, c.PrometheusPort, string.Join(' ', c.MetricsAllow),
        c.WireGuardDirectory, c.Hooks.AwaitTimeout, c.Hooks.List.All(h => h.Enabled));

    private static string InRepository(string path)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "WgFleet.slnx")))
            folder = Path.GetDirectoryName(folder).ShouldNotBeNull("the tests run outside of the repository");

        return Path.Combine(folder, path);
    }

    [GeneratedRegex("^```yaml\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex YamlBlock();

    [GeneratedRegex(@"^\| `(?<key>[a-z0-9_]+)` \|.*\| (?<default>[^|]*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    // One blank after # is a comment; none, or an even number, is YAML.
    [GeneratedRegex("^#((?:  )*[a-z-].*)$", RegexOptions.Multiline)]
    private static partial Regex CommentedOut();
}
