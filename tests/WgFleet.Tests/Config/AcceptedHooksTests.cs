using System.Net;
using WgFleet.Config;

namespace WgFleet.Tests.Config;

/// <summary>What the hooks section means when nothing is wrong with it.</summary>
public class AcceptedHooksTests
{
    [Fact]
    public void Without_the_hooks_section_the_defaults_apply()
    {
        var hooks = Yaml.Valid(Yaml.Minimal).Hooks;

        hooks.Retain.ShouldBe(new RetainConfig { Events = TimeSpan.FromDays(7), Deliveries = TimeSpan.FromDays(30), MaxRows = 1_000_000 });
        hooks.ShutdownDrain.ShouldBe(TimeSpan.FromSeconds(10));
        hooks.Folders.ShouldBe(["/etc/wg-fleet/hooks.d", "/usr/lib/wg-fleet/hooks.d"]);
    }

    [Fact]
    public void The_settings_for_all_hooks_are_read()
    {
        var hooks = Valid("""
            hooks:
              retain: {events: 1d, deliveries: 12h, max_rows: 5_000}
              shutdown_drain: 0s
              exec_dirs: []
            """);

        hooks.Retain.ShouldBe(new RetainConfig { Events = TimeSpan.FromDays(1), Deliveries = TimeSpan.FromHours(12), MaxRows = 5000 });
        hooks.ShutdownDrain.ShouldBe(TimeSpan.Zero);
        hooks.Folders.ShouldBeEmpty();
    }

    [Fact]
    public void An_entry_for_a_hook_that_is_code_leaves_its_defaults_alone()
    {
        var hook = Valid("hooks: {list: [a]}").List.ShouldHaveSingleItem();

        hook.ShouldSatisfyAllConditions(
            h => h.Events.ShouldBeNull(), h => h.Fleets.ShouldBeNull(), h => h.MaxAttempts.ShouldBeNull(), h => h.Start.ShouldBe(HookStart.Now),
            h => h.Kind.ShouldBeNull());
    }

    [Theory]
    [InlineData("now", HookStart.Now)]
    [InlineData("snapshot", HookStart.Snapshot)]
    [InlineData("beginning", HookStart.Beginning)]
    public void Events_max_attempts_and_start_are_read(string start, object expected)
    {
        var hook = Valid($"hooks: {{list: [{{name: a, events: [client.removed, startup], max_attempts: 1, start: {start}}}]}}").List[0];

        hook.Events.ShouldBe(["client.removed", "startup"]);
        hook.MaxAttempts.ShouldBe(1);
        hook.Start.ShouldBe((HookStart)expected);
    }

    [Theory]
    [InlineData("south*", "southeast", true)]
    [InlineData("south*", "south", true)]
    [InlineData("south*", "North", false)]
    [InlineData("south*", "insouth", false)]
    [InlineData("South", "south", false)]
    [InlineData("'*st'", "southeast", true)]
    [InlineData("b?", "b1", true)]
    [InlineData("b?", "b12", false)]
    [InlineData("'*'", "any_-1", true)]
    public void A_hook_follows_the_fleets_that_match_its_pattern(string pattern, string fleet, bool follows) =>
        Valid($"hooks: {{list: [{{name: a, fleets: {pattern}}}]}}").List[0].Follows(fleet).ShouldBe(follows);

    [Fact]
    public void A_hook_without_fleets_follows_all_fleets() => Valid("hooks: {list: [a]}").List[0].Follows("any").ShouldBeTrue();

    [Fact]
    public void An_entry_with_a_program_is_read()
    {
        var exec = Valid("hooks: {list: [{name: a, exec: {command: /opt/a b, args: [--quiet, 5, 5, ''], user: _www-data, timeout: 500ms}}]}").List[0].Kind.ShouldBeOfType<ExecConfig>();

        exec.Command.ShouldBe("/opt/a b");
        exec.Args.ShouldBe(["--quiet", "5", "5", ""]);
        exec.User.ShouldBe("_www-data");
        exec.Timeout.ShouldBe(TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public void An_entry_with_only_the_path_of_a_program_is_read()
    {
        var exec = Valid("hooks: {list: [{name: a, exec: {command: /opt/a}}]}").List[0].Kind.ShouldBeOfType<ExecConfig>();

        (exec.Args.Count, exec.User, exec.Timeout).ShouldBe((0, "nobody", TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void An_entry_with_a_webhook_is_read()
    {
        var webhook = Valid("""
            hooks:
              list:
                - name: siem
                  webhook:
                    url: https://siem.example:8443/hook?source=fleet
                    secrets: [file:/etc/wg-fleet/siem.key, /etc/wg-fleet/siem.old.key]
                    timeout: 5s
                    concurrency: 1
                    allow: [10.0.0.0/8, "fd00::/8"]
            """).List[0].Kind.ShouldBeOfType<WebhookConfig>();

        webhook.Url.ShouldBe(new Uri("https://siem.example:8443/hook?source=fleet"));
        webhook.SecretFiles.ShouldBe(["/etc/wg-fleet/siem.key", "/etc/wg-fleet/siem.old.key"]);
        webhook.Timeout.ShouldBe(TimeSpan.FromSeconds(5));
        webhook.Concurrency.ShouldBe(1);
        webhook.Allow.ShouldBe([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00::/8")]);
    }

    [Fact]
    public void An_entry_with_a_template_is_read()
    {
        var template = Valid("""
            hooks:
              list:
                - name: zone
                  template:
                    file: bind-zone
                    path: /var/lib/bind/{fleet}.zone
                    mode: "0640"
                    after_write: {systemd_unit: named.service, signal: USR1}
                  await: true
                  min_interval: 5s
                  timeout: 20s
                  fleets: south*
                  settings: {ttl: 30}
            """).List[0];

        template.Kind.ShouldBe(new TemplateConfig
        {
            File = "bind-zone",
            Path = "/var/lib/bind/{fleet}.zone",
            Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
            AfterWrite = new AfterWriteConfig { SystemdUnit = "named.service", Signal = "USR1" },
        });
        (template.Await, template.MinInterval, template.Timeout, template.Settings["ttl"]).ShouldBe((true, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20), "30"));
    }

    [Fact]
    public void An_after_write_with_a_pid_file_is_read()
    {
        var after = Valid("hooks: {list: [{name: a, template: {file: /etc/a.hbs, path: /run/a, mode: '755', after_write: {pidfile: /run/a.pid, process: a b}}}]}").List[0].Kind.ShouldBeOfType<TemplateConfig>().AfterWrite;

        after.ShouldBe(new AfterWriteConfig { PidFile = "/run/a.pid", ProcessName = "a b" });
    }

    private static HooksConfig Valid(string hooks) => Yaml.Valid(Yaml.Minimal + hooks + "\n").Hooks;
}
