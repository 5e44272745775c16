namespace WgFleet.Tests.Config;

public class HooksProblemTests
{
    private const string NameUse = "use letters a-z, digits, - and _";

    [Theory]
    [InlineData("hooks: [a]", "hooks: is a list, use the keys await_timeout and list")]
    [InlineData("hooks: on", "hooks: is 'on', use the keys await_timeout and list")]
    [InlineData("hooks: {await_timeout: 1}", "hooks.await_timeout: 1 is not a duration, use 0s to 1h, such as 500ms, 1s or 0s to never wait")]
    [InlineData("hooks: {await_timeout: 61m}", "hooks.await_timeout: '61m' is too long, use 0s to 1h, such as 500ms, 1s or 0s to never wait")]
    [InlineData("hooks: {lists: []}", "hooks: unknown key 'lists', did you mean 'list'?")]
    [InlineData("hooks: {webhook: 1}", "hooks: unknown key 'webhook', allowed are await_timeout, list")]
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
    [InlineData("hooks: {list: [a, b, {name: a}]}", "hooks.list[2]: 'a' is listed on line 9 already, list each hook once")]
    public void A_bad_hooks_section(string hooks, string? problem) =>
        Yaml.Problems(Yaml.Minimal + hooks + "\n").ShouldBe(problem is null ? "" : $"FILE:9: {problem}");

    [Fact]
    public void A_setting_that_stands_twice_is_warned_of() =>
        Yaml.Warnings(Yaml.Minimal + "hooks:\n  list:\n    - name: a\n      settings:\n        x: 1\n        x: 2\n")
            .ShouldBe("FILE:14: hooks.list[0].settings.x: stands on line 13 already, the last one counts");
}
