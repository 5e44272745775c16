using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Tests.Hooks.Discovery;

namespace WgFleet.Tests.Hooks.Projections.Templates;

public sealed class TemplateProjectionTests : IDisposable
{
    private readonly Folder _folder = new();

    private string Source => _folder.File("source.hbs");

    private string Output => _folder.File("output");

    private string Text => File.ReadAllText(Output);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_template_sees_every_name_of_the_model()
    {
        var names = Some("""
            {{domain}} {{settings.color}}
            {{#each fleets}}
            {{name}} {{interface}} {{gateway}} {{subnet}} {{port}}{{#each clients}} {{address}}{{/each}} |{{#each named}} {{address}}{{/each}}
            {{/each}}
            {{#each clients}}
            {{fleet}} {{address}} {{hostname}} {{fqdn}} {{rfc1123}} {{public_key}} {{request_address}} {{registered_at}} {{ptr}}
            {{/each}}
            {{#each named}}
            {{fqdn}}
            {{/each}}

            """, h => h with { Settings = new Dictionary<string, string> { ["color"] = "red" } });
        names.Clients.Add(Projected.Client("beta", 0x1a, "b1", "2001:db8::5"));
        names.Clients.Add(Projected.Client("alpha", 2, null));

        await names.RunAsync();

        Text.ShouldBe("""
            example.test red
            alpha wg_alpha fd00:1::ffff fd00:1::/64 51821 fd00:1::2 |
            beta wg_beta fd00:2::ffff fd00:2::/64 51822 fd00:2::1a | fd00:2::1a
            beta fd00:2::1a b1 b1.beta.example.test True GhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGho= 2001:db8::5 2026-01-02T03:04:05Z a.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.0.0.0.d.f.ip6.arpa
            alpha fd00:1::2   False AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI= 192.0.2.1 2026-01-02T03:04:05Z 2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.0.0.d.f.ip6.arpa
            b1.beta.example.test

            """);
    }

    [Theory]
    [InlineData("a1", true)]
    [InlineData("0", true)]
    [InlineData("a--2", true)]
    [InlineData("a_b", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("-", false)]
    public async Task A_template_sees_whether_DNS_accepts_a_name(string hostname, bool valid)
    {
        var names = Some("{{#each clients}}{{#if rfc1123}}yes{{else}}no{{/if}}{{/each}}");
        names.Add("alpha", 1, hostname);

        await names.RunAsync();

        Text.ShouldBe(valid ? "yes" : "no");
    }

    [Fact]
    public async Task The_file_has_the_given_mode_and_is_written_only_if_it_changes()
    {
        var names = Some("{{#each named}}{{fqdn}}\n{{/each}}", h => h with { Kind = Template(h) with { Mode = UnixFileMode.UserRead } });
        names.Add("alpha", 1, "a1");
        await names.RunAsync();
        File.GetUnixFileMode(Output).ShouldBe(UnixFileMode.UserRead);
        File.SetLastWriteTimeUtc(Output, DateTime.UnixEpoch);

        names.Add("alpha", 2, null);
        await names.RunAsync();
        File.GetLastWriteTimeUtc(Output).ShouldBe(DateTime.UnixEpoch);

        names.Add("alpha", 3, "a3");
        await names.RunAsync();
        File.GetLastWriteTimeUtc(Output).ShouldNotBe(DateTime.UnixEpoch);
        Text.ShouldBe("a1.alpha.example.test\na3.alpha.example.test\n");
    }

    [Fact]
    public async Task With_fleet_in_the_path_each_fleet_has_its_own_file_also_without_clients()
    {
        var names = Some("{{#each fleets}}{{name}}:{{/each}}{{#each named}}\n{{fqdn}}{{/each}}", h => h with { Kind = Template(h) with { Path = _folder.File("{fleet}.txt") } });
        names.Add("alpha", 1, "a1");
        names.Add("beta", 2, "b2");
        names.Add("alpha", 3, "a3");
        await names.RunAsync();

        File.ReadAllText(_folder.File("alpha.txt")).ShouldBe("alpha:\na1.alpha.example.test\na3.alpha.example.test");
        File.ReadAllText(_folder.File("beta.txt")).ShouldBe("beta:\nb2.beta.example.test");

        names.Clients.RemoveAll(c => c.Fleet == "beta");
        await names.RunAsync();

        File.ReadAllText(_folder.File("beta.txt")).ShouldBe("beta:");
        _folder.Names().ShouldBe(["alpha.txt", "beta.txt", "source.hbs"]);
    }

    [Fact]
    public async Task A_fleets_file_that_cannot_be_written_does_not_delay_the_others()
    {
        var names = Some("{{#each named}}{{fqdn}}{{/each}}", h => h with { Kind = Template(h) with { Path = _folder.File("{fleet}/names") } });
        Directory.CreateDirectory(_folder.File("beta"));
        names.Add("beta", 2, "b2");

        (await names.FailAsync()).ShouldBe($"cannot replace {_folder.File("alpha/names")}: directory {_folder.File("alpha")} does not exist; create it");

        File.ReadAllText(_folder.File("beta/names")).ShouldBe("b2.beta.example.test");
    }

    [Fact]
    public async Task A_template_does_not_see_fleets_that_the_hook_does_not_follow()
    {
        var names = Some("{{#each fleets}}{{name}}{{/each}}{{#each clients}} {{address}}{{/each}}", h => h with { Fleets = "b*" });
        names.Add("alpha", 1, "a1");
        names.Add("beta", 2, "b2");

        await names.RunAsync();

        Text.ShouldBe("beta fd00:2::2");
    }

    [Fact]
    public async Task A_template_is_read_again_when_it_has_changed()
    {
        var names = Some("one");
        await names.RunAsync();
        Text.ShouldBe("one");

        File.WriteAllText(Source, "two");
        await names.RunAsync();

        Text.ShouldBe("two");
    }

    [Fact]
    public async Task While_a_template_is_broken_or_missing_the_file_stays_and_is_written_once_it_is_repaired()
    {
        var names = Some("one");
        await names.RunAsync();

        File.WriteAllText(Source, "a\n{{nobody}}");
        (await names.FailAsync()).ShouldBe($"template {Source}, line 2: there is no 'nobody' here");
        File.WriteAllText(Source, "{{#each");
        (await names.FailAsync()).ShouldStartWith($"template {Source}");
        File.Delete(Source);
        (await names.FailAsync()).ShouldStartWith($"template {Source} cannot be read: Could not find file");
        Text.ShouldBe("one");

        File.WriteAllText(Source, "two");
        await names.RunAsync();
        Text.ShouldBe("two");
    }

    [Fact]
    public async Task The_serial_changes_only_with_other_content_also_after_a_restart()
    {
        const string zone = "soa {{serial}}\n{{#each named}}{{fqdn}}\n{{/each}}";
        var names = Some(zone);
        names.Add("alpha", 1, "a1");
        await names.RunAsync();
        Text.ShouldBe("soa 101\na1.alpha.example.test\n");

        names.Add("alpha", 2, null);
        await names.RunAsync();
        Text.ShouldBe("soa 101\na1.alpha.example.test\n");

        var restarted = Some(zone);
        restarted.Sequence = 200;
        restarted.Clients.AddRange(names.Clients);
        await restarted.RunAsync();
        Text.ShouldBe("soa 101\na1.alpha.example.test\n");

        restarted.Add("alpha", 3, "a3");
        await restarted.RunAsync();
        Text.ShouldBe("soa 201\na1.alpha.example.test\na3.alpha.example.test\n");
    }

    [Fact]
    public async Task Ten_thousand_clients_fit_into_every_shipped_template()
    {
        foreach (var template in TemplateConfig.Shipped)
        {
            var names = new Projected(template, _folder.File(template));
            for (var i = 1; i <= 10_000; i++)
                names.Clients.Add(Projected.Client("alpha", i, $"machine-{i}"));

            await names.RunAsync();

            File.ReadLines(_folder.File(template)).Count().ShouldBeGreaterThan(10_000);
        }
    }

    [Fact]
    public async Task A_template_is_rendered_after_each_change_and_a_response_waits_for_it_if_it_is_awaited()
    {
        File.WriteAllText(Source, "{{#each named}}{{fqdn}} {{/each}}");
        var config = new HooksConfig { List = [Entry with { Await = true, MinInterval = TimeSpan.Zero }] };
        await using var stage = new Stage(config, TimeProvider.System, null);
        (await stage.StartAsync()).ShouldBeTrue();
        Text.ShouldBe("");

        stage.Hooks.Publish(stage.World.Add("alpha", "a1"));
        (await stage.Hooks.AwaitProjectionsAsync(Stage.Ct)).ShouldBeTrue();

        Text.ShouldBe("a1.alpha.example.test ");
    }

    [Fact]
    public async Task A_template_is_listed_in_the_order_of_the_list_with_its_settings()
    {
        var config = new HooksConfig { List = [Entry with { Name = "second" }, Entry with { Name = "first", Await = true, Timeout = TimeSpan.FromSeconds(3), MinInterval = TimeSpan.FromSeconds(5) }, Entry with { Name = "off", Enabled = false }] };

        await using var stage = new Stage(config, typeof(HookLoaderTests.A));

        stage.Hooks.Problems.ShouldBeEmpty();
        stage.Hooks.Definitions.Select(l => (l.Position, l.Name, l.Kind.Text(), l.Await, l.Inactive)).ShouldBe(
        [
            (1, "second", "projection", false, null), (2, "first", "projection", true, null), (3, "a", "handler", false, null),
            (null, "off", "projection", false, "disabled in the configuration"),
        ]);
        stage.Hooks.Definitions[0].ShouldSatisfyAllConditions(
            l => l.MinInterval.ShouldBe(TimeSpan.FromSeconds(1)), l => l.Timeout.ShouldBe(TimeSpan.FromSeconds(10)),
            l => l.Source.ShouldBe($"{Output} from template {Source}"));
        stage.Hooks.Definitions[1].ShouldSatisfyAllConditions(l => l.MinInterval.ShouldBe(TimeSpan.FromSeconds(5)), l => l.Timeout.ShouldBe(TimeSpan.FromSeconds(3)));
        stage.Log.At(LogLevel.Information).ShouldContain($"Registered hook second, a projection: {Output} from template {Source}");
    }

    [Fact]
    public async Task A_template_with_the_name_of_a_class_is_an_error()
    {
        await using var stage = new Stage(new HooksConfig { List = [Entry with { Name = "a" }] }, typeof(HookLoaderTests.A));

        stage.Hooks.Problems.ShouldBe([$"hook name 'a' is used by {Output} from template {Source} and {typeof(HookLoaderTests.A).FullName}; rename one"]);
    }

    private static TemplateConfig Template(HookConfig entry) => entry.Kind.ShouldBeOfType<TemplateConfig>();

    private HookConfig Entry => new() { Name = "mirror", Kind = new TemplateConfig { File = Source, Path = Output } };

    private Projected Some(string template, Func<HookConfig, HookConfig>? with = null)
    {
        File.WriteAllText(Source, template);
        return new Projected((with ?? (h => h))(Entry));
    }
}
