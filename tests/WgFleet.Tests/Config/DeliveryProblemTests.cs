namespace WgFleet.Tests.Config;

public class DeliveryProblemTests
{
    private const string FileUse = "use a file's full path, from /";
    private const string RunUse = "use 1ms to 1d, such as 500ms, 10s or 5m";
    private const string SecretUse = "use the full path, from /, of a file that holds the secret";
    private const string UrlUse = "use one such as https://example.com/events";
    private const string NetworkUse = "use one such as 10.0.0.0/8 or fd00::/8";

    [Theory]
    [InlineData("exec: /bin/true", "exec: is '/bin/true', use the keys command, args, user and timeout")]
    [InlineData("exec: ", "exec: has no value, use the keys command, args, user and timeout")]
    [InlineData("exec: {}", "exec.command: is missing, " + FileUse)]
    [InlineData("exec: {command: true}", "exec.command: true is not an absolute path, " + FileUse)]
    [InlineData("exec: {command: bin/announce}", "exec.command: 'bin/announce' is not an absolute path, " + FileUse)]
    [InlineData("exec: {command: /opt/}", "exec.command: '/opt/' is a directory, " + FileUse)]
    [InlineData("exec: {command: /x, arg: [a]}", "exec: unknown key 'arg', did you mean 'args'?")]
    [InlineData("exec: {command: /x, args: -v}", "exec.args: is '-v', use a list of arguments, such as [--quiet]")]
    [InlineData("exec: {command: /x, args: [a, [b]]}", "exec.args[1]: is a list, use text, a number, true or false")]
    [InlineData("exec: {command: /x, user: 1000}", "exec.user: 1000 is not a user's name, use a user's name, such as nobody")]
    [InlineData("exec: {command: /x, user: -r}", "exec.user: '-r' is not a user's name, use a user's name, such as nobody")]
    [InlineData("exec: {command: /x, timeout: 30}", "exec.timeout: 30 is not a duration, " + RunUse)]
    [InlineData("exec: {command: /x}, await: true", "await: is not for a hook with exec, remove it")]
    [InlineData("exec: {command: /x}, min_interval: 1s", "min_interval: is not for a hook with exec, remove it")]
    [InlineData("exec: {command: /x}, settings: {a: b}", "settings: is not for a hook with exec, remove it")]
    [InlineData("exec: {command: /x}, timeout: 1s", "timeout: is not for a hook with exec, set it within exec")]
    [InlineData("exec: {command: /x}, webhook: {url: 'http://x/'}", "webhook: stands beside exec, use one of exec, stream, webhook and template")]
    public void An_invalid_program_is_refused(string entry, string problem) => Problem(entry).ShouldBe(problem);

    [Theory]
    [InlineData("stream: /bin/true", "stream: is '/bin/true', use the keys command, args, user, timeout, start_timeout, concurrency and state")]
    [InlineData("stream: {}", "stream.command: is missing, " + FileUse)]
    [InlineData("stream: {command: /x, start_timeout: 10}", "stream.start_timeout: 10 is not a duration, " + RunUse)]
    [InlineData("stream: {command: /x, concurrency: 0}", "stream.concurrency: 0 is too small, use 1 to 1000")]
    [InlineData("stream: {command: /x}, await: true", "await: is not for a hook with stream, remove it")]
    [InlineData("stream: {command: /x}, min_interval: 1s", "min_interval: is not for a hook with stream, remove it")]
    [InlineData("stream: {command: /x}, timeout: 1s", "timeout: is not for a hook with stream, set it within stream")]
    [InlineData("stream: {command: /x, state: some}", "stream.state: 'some' is not a way to give the state, use whole or changes")]
    [InlineData("stream: {command: /x, state: whole}, events: [startup]", "events: is not for a hook with stream, remove it")]
    [InlineData("stream: {command: /x, state: whole, concurrency: 2}", "stream.concurrency: is not for a program that gets the state, remove it")]
    [InlineData("exec: {command: /x}, stream: {command: /x}", "stream: stands beside exec, use one of exec, stream, webhook and template")]
    public void An_invalid_program_that_stays_running_is_refused(string entry, string problem) => Problem(entry).ShouldBe(problem);

    [Theory]
    [InlineData("webhook: http://x/", "webhook: is 'http://x/', use the keys url, secrets, timeout, concurrency, allow, body, content_type and headers")]
    [InlineData("webhook: {}", "webhook.url: is missing, " + UrlUse)]
    [InlineData("webhook: {url: example.com}", "webhook.url: is not an http or https URL, " + UrlUse)]
    [InlineData("webhook: {url: /hook}", "webhook.url: is not an http or https URL, " + UrlUse)]
    [InlineData("webhook: {url: 'ftp://example.com/'}", "webhook.url: is not an http or https URL, " + UrlUse)]
    [InlineData("webhook: {url: 'http:///x'}", "webhook.url: is not an http or https URL, " + UrlUse)]
    [InlineData("webhook: {url: 'https://u:secret@example.com/'}", "webhook.url: has a user or password in it, which nothing would send, " + UrlUse)]
    [InlineData("webhook: {url: 'https://example.com/#a'}", "webhook.url: has a fragment (#), which nothing would send, " + UrlUse)]
    [InlineData("webhook: {url: 'http://x/', secrets: whsec_c2VjcmV0}", "webhook.secrets: is not a list, use a list of the files that hold them")]
    [InlineData("webhook: {url: 'http://x/', secrets: [whsec_c2VjcmV0]}", "webhook.secrets[0]: is not an absolute path, " + SecretUse)]
    [InlineData("webhook: {url: 'http://x/', secrets: [file:etc/key]}", "webhook.secrets[0]: is not an absolute path, " + SecretUse)]
    [InlineData("webhook: {url: 'http://x/', secrets: [/a, file:/a]}", "webhook.secrets[1]: /a is listed already, list it once")]
    [InlineData("webhook: {url: 'http://x/', secrets: []}", "webhook.secrets: is an empty list, use a list of the files that hold them")]
    [InlineData("webhook: {url: 'http://x/', timeout: 2d}", "webhook.timeout: '2d' is too long, " + RunUse)]
    [InlineData("webhook: {url: 'http://x/', concurrency: 101}", "webhook.concurrency: 101 is too large, use 1 to 100")]
    [InlineData("webhook: {url: 'http://x/', allow: 10.0.0.0/8}", "webhook.allow: is '10.0.0.0/8', use a list of networks, such as [10.0.0.0/8]")]
    [InlineData("webhook: {url: 'http://x/', allow: []}", "webhook.allow: is an empty list, use a list of networks, such as [10.0.0.0/8]")]
    [InlineData("webhook: {url: 'http://x/', allow: [10.0.0.1]}", "webhook.allow[0]: '10.0.0.1' has no prefix length, " + NetworkUse)]
    [InlineData("webhook: {url: 'http://x/', allow: [10.1/8]}", "webhook.allow[0]: '10.1/8' is not a network, " + NetworkUse)]
    [InlineData("webhook: {url: 'http://x/', allow: [10.0.0.1/8]}", "webhook.allow[0]: '10.0.0.1/8' has host bits set, " + NetworkUse)]
    [InlineData("webhook: {url: 'http://x/', allow: [10.0.0.0/33]}", "webhook.allow[0]: '10.0.0.0/33' has no prefix length from 0 to 32, " + NetworkUse)]
    [InlineData("webhook: {url: 'http://x/', allow: ['fd00::/129']}", "webhook.allow[0]: 'fd00::/129' has no prefix length from 0 to 128, " + NetworkUse)]
    [InlineData("webhook: {url: 'http://x/'}, await: false", "await: is not for a hook with webhook, remove it")]
    [InlineData("webhook: {url: 'http://x/'}, timeout: 1s", "timeout: is not for a hook with webhook, set it within webhook")]
    public void An_invalid_webhook_is_refused(string entry, string problem) => Problem(entry).ShouldBe(problem);

    [Fact]
    public void An_entry_with_two_of_exec_webhook_and_template_is_refused() =>
        Yaml.Problems(Yaml.Minimal + "hooks:\n  list:\n    - name: a\n      template: {file: csv, path: /x}\n      webhook: {url: \"http://x/\"}\n      exec: {command: /x}\n").ShouldBe("""
            FILE:12: hooks.list[0].template: stands beside exec, use one of exec, stream, webhook and template
            FILE:13: hooks.list[0].webhook: stands beside exec, use one of exec, stream, webhook and template
            """);

    private static string Problem(string entry)
    {
        const string place = "FILE:9: hooks.list[0].";
        var problems = Yaml.Problems(Yaml.Minimal + $"hooks: {{list: [{{name: a, {entry}}}]}}\n");
        problems.ShouldStartWith(place);
        return problems[place.Length..];
    }
}
