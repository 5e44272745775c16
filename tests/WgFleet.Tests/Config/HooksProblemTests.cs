namespace WgFleet.Tests.Config;

public class HooksProblemTests
{
    private const string Keys = "await_timeout, retain, shutdown_drain, exec_dirs and list";
    private const string NoPlugins = "is no longer a key, since the server loads no plugins; start the hook as a program, by an entry of hooks.list with stream";
    private const string NameUse = "use letters a-z, digits, - and _";

    [Theory]
    [InlineData("hooks: [a]", "hooks: is a list, use the keys " + Keys)]
    [InlineData("hooks: on", "hooks: is 'on', use the keys " + Keys)]
    [InlineData("hooks: {await_timeout: 1}", "hooks.await_timeout: 1 is not a duration, use 0s to 1h, such as 500ms, 1s or 0s to never wait")]
    [InlineData("hooks: {await_timeout: 61m}", "hooks.await_timeout: '61m' is too long, use 0s to 1h, such as 500ms, 1s or 0s to never wait")]
    [InlineData("hooks: {lists: []}", "hooks: unknown key 'lists', did you mean 'list'?")]
    [InlineData("hooks: {webhook: 1}", "hooks: unknown key 'webhook', allowed are await_timeout, retain, shutdown_drain, exec_dirs, list")]
    [InlineData("hooks: {retain: 7d}", "hooks.retain: is '7d', use the keys events, deliveries and max_rows")]
    [InlineData("hooks: {retain: }", "hooks.retain: has no value, use the keys events, deliveries and max_rows")]
    [InlineData("hooks: {retain: {event: 7d}}", "hooks.retain: unknown key 'event', did you mean 'events'?")]
    [InlineData("hooks: {retain: {events: 7}}", "hooks.retain.events: 7 is not a duration, use 1m to 3650d, such as 12h, 7d or 30d")]
    [InlineData("hooks: {retain: {deliveries: 1s}}", "hooks.retain.deliveries: '1s' is too short, use 1m to 3650d, such as 12h, 7d or 30d")]
    [InlineData("hooks: {retain: {max_rows: 999}}", "hooks.retain.max_rows: 999 is too small, use 1000 to 1000000000")]
    [InlineData("hooks: {retain: {max_rows: 99999999999}}", "hooks.retain.max_rows: 99999999999 is too large, use 1000 to 1000000000")]
    [InlineData("hooks: {retain: {max_rows: -99999999999}}", "hooks.retain.max_rows: -99999999999 is too small, use 1000 to 1000000000")]
    [InlineData("hooks: {retain: {max_rows: 1e6}}", "hooks.retain.max_rows: 1e6 is not an integer, use 1000 to 1000000000")]
    [InlineData("hooks: {shutdown_drain: 11m}", "hooks.shutdown_drain: '11m' is too long, use 0s to 10m, such as 5s, 10s or 0s to not wait")]
    [InlineData("hooks: {exec_dirs: /etc/hooks.d}", "hooks.exec_dirs: is '/etc/hooks.d', use a list of directories")]
    [InlineData("hooks: {exec_dirs: [/etc/a, etc/b]}", "hooks.exec_dirs[1]: 'etc/b' is not an absolute path, use a directory's full path, from /")]
    [InlineData("hooks: {exec_dirs: [/etc/a, /etc/a]}", "hooks.exec_dirs[1]: /etc/a is listed already, list it once")]
    [InlineData("hooks: {plugin_dir: /opt/plugins}", "hooks.plugin_dir: " + NoPlugins)]
    [InlineData("hooks: {plugins: /opt/plugins}", "hooks.plugins: " + NoPlugins)]
    [InlineData("plugins: /opt/plugins", "plugins: " + NoPlugins)]
    [InlineData("hooks: {list: webhook}", "hooks.list: is 'webhook', use a list of hooks' names and settings")]
    [InlineData("hooks: {list: {webhook: 1}}", "hooks.list: is a mapping, use a list of hooks' names and settings")]
    [InlineData("hooks: {list: [Webhook]}", "hooks.list[0]: 'Webhook' is not a hook's name, " + NameUse)]
    [InlineData("hooks: {list: [a, ]}", null)]
    [InlineData("hooks: {list: [a, ~]}", "hooks.list[1]: has no value, " + NameUse)]
    [InlineData("hooks: {list: [[a]]}", "hooks.list[0]: is a list, " + NameUse)]
    [InlineData("hooks: {list: [{enabled: true}]}", "hooks.list[0].name: is missing, " + NameUse)]
    [InlineData("hooks: {list: [{name: a b}]}", "hooks.list[0].name: 'a b' is not a hook's name, " + NameUse)]
    [InlineData("hooks: {list: [{name: a, enabled: yes}]}", "hooks.list[0].enabled: 'yes' is neither true nor false, use true or false")]
    [InlineData("hooks: {list: [{name: a, enabled: 'true'}]}", "hooks.list[0].enabled: 'true' is neither true nor false, use true or false")]
    [InlineData("hooks: {list: [{name: a, await: 1}]}", "hooks.list[0].await: 1 is neither true nor false, use true or false")]
    [InlineData("hooks: {list: [{name: a, timeout: 0s}]}", "hooks.list[0].timeout: '0s' is too short, use 1ms to 1d, such as 500ms, 10s or 5m")]
    [InlineData("hooks: {list: [{name: a, min_interval: 100}]}", "hooks.list[0].min_interval: 100 is not a duration, use 0s to 1d, such as 100ms, 10s or 5m")]
    [InlineData("hooks: {list: [{name: a, settings: [b]}]}", "hooks.list[0].settings: is a list, use a mapping of names to values")]
    [InlineData("hooks: {list: [{name: a, settings: {b: }}]}", "hooks.list[0].settings.b: has no value, use text, a number, true or false")]
    [InlineData("hooks: {list: [{name: a, settings: {b: [c]}}]}", "hooks.list[0].settings.b: is a list, use text, a number, true or false")]
    [InlineData("hooks: {list: [{name: a, setings: {b: c}}]}", "hooks.list[0]: unknown key 'setings', did you mean 'settings'?")]
    [InlineData("hooks: {list: [{name: a, fleets: south/*}]}", "hooks.list[0].fleets: 'south/*' matches no fleet's name, use a fleet's name, with * for any letters of it and quotes if it begins with *")]
    [InlineData("hooks: {list: [{name: a, max_attempts: 0}]}", "hooks.list[0].max_attempts: 0 is too small, use 1 to 1000")]
    [InlineData("hooks: {list: [{name: a, max_attempts: '5'}]}", "hooks.list[0].max_attempts: '5' is text, not an integer: drop the quotes, use 1 to 1000")]
    [InlineData("hooks: {list: [{name: a, start: begin}]}", "hooks.list[0].start: 'begin' is not a place to start, use now, snapshot or beginning")]
    [InlineData("hooks: {list: [{name: a, start: snapshots}]}", "hooks.list[0].start: 'snapshots' is not a place to start (did you mean 'snapshot'?), use now, snapshot or beginning")]
    [InlineData("hooks: {list: [{name: a, events: [client.add]}]}", "hooks.list[0].events[0]: 'client.add' is not an event (did you mean 'client.added'?), use startup, client.added, client.hostname_changed, client.removed, client.online, client.offline, client.image_changed, client.facts_changed, client.address_changed, client.tags_changed, client.cloned, fleet.repaired, fleet.phase_changed, gateway.took_over, operator.fleet_frozen, operator.fleet_thawed, operator.prune_allowed, operator.machines_approved, operator.machines_refused, operator.roster_changed, operator.client_pinned, operator.client_unpinned, operator.client_name_kept, operator.client_name_released, operator.token_created, operator.token_revoked, operator.hook_paused, operator.hook_resumed, operator.hook_forgotten, operator.events_replayed, operator.dead_letters_retried, operator.dead_letters_dropped or operator.reload_asked")]
    [InlineData("hooks: {list: [{name: a, events: [startup, 5]}]}", "hooks.list[0].events[1]: 5 is not an event, use startup, client.added, client.hostname_changed, client.removed, client.online, client.offline, client.image_changed, client.facts_changed, client.address_changed, client.tags_changed, client.cloned, fleet.repaired, fleet.phase_changed, gateway.took_over, operator.fleet_frozen, operator.fleet_thawed, operator.prune_allowed, operator.machines_approved, operator.machines_refused, operator.roster_changed, operator.client_pinned, operator.client_unpinned, operator.client_name_kept, operator.client_name_released, operator.token_created, operator.token_revoked, operator.hook_paused, operator.hook_resumed, operator.hook_forgotten, operator.events_replayed, operator.dead_letters_retried, operator.dead_letters_dropped or operator.reload_asked")]
    [InlineData("hooks: {list: [{name: a, events: [startup, startup]}]}", "hooks.list[0].events[1]: startup is listed already, list it once")]
    [InlineData("hooks: {list: [{name: a, events: []}]}", "hooks.list[0].events: is an empty list, use a list of events, such as [client.added]")]
    [InlineData("hooks: {list: [{name: a, events: startup}]}", "hooks.list[0].events: is 'startup', use a list of events, such as [client.added]")]
    [InlineData("hooks: {list: [a, b, {name: a}]}", "hooks.list[2]: 'a' is listed on line 9 already, list each hook once")]
    public void An_invalid_hooks_section_is_refused(string hooks, string? problem) =>
        Yaml.Problems(Yaml.Minimal + hooks + "\n").ShouldBe(problem is null ? "" : $"FILE:9: {problem}");

    [Fact]
    public void A_setting_that_appears_twice_is_a_warning() =>
        Yaml.Warnings(Yaml.Minimal + "hooks:\n  list:\n    - name: a\n      settings:\n        x: 1\n        x: 2\n")
            .ShouldBe("FILE:14: hooks.list[0].settings.x: stands on line 13 already, the last one counts");
}
