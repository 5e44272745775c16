namespace WgFleet.Tests.Config;

public class TemplateProblemTests
{
    private const string FileUse = "use a template's full path, from /, or one of those that are shipped: dnsmasq, bind-zone, bind-reverse, ansible-inventory, ssh-config or csv";
    private const string PathUse = "use a file's full path, from /, with {fleet} for one file a fleet";
    private const string ModeUse = "use octal digits in quotes, such as \"0644\"";
    private const string ProcessUse = "use the name that ps -o comm shows, such as dnsmasq";

    [Theory]
    [InlineData("template: csv", "template: is 'csv', use the keys file, path, mode and after_write")]
    [InlineData("template: {path: /x}", "template.file: is missing, " + FileUse)]
    [InlineData("template: {file: csv}", "template.path: is missing, " + PathUse)]
    [InlineData("template: {file: cvs, path: /x}", "template.file: 'cvs' is not a template (did you mean 'csv'?), " + FileUse)]
    [InlineData("template: {file: zone.hbs, path: /x}", "template.file: 'zone.hbs' is not a template, " + FileUse)]
    [InlineData("template: {file: /etc/, path: /x}", "template.file: '/etc/' is a directory, " + FileUse)]
    [InlineData("template: {file: csv, path: x}", "template.path: 'x' is not an absolute path, " + PathUse)]
    [InlineData("template: {file: csv, path: '/x/{fleets}'}", "template.path: '/x/{fleets}' has braces around something other than fleet, " + PathUse)]
    [InlineData("template: {file: csv, path: '/x/{'}", "template.path: '/x/{' has braces around something other than fleet, " + PathUse)]
    [InlineData("template: {file: /x, path: /x}", "template.path: /x is the template itself, use another")]
    [InlineData("template: {file: csv, path: /run/wg_fleet_hosts}", "template.path: /run/wg_fleet_hosts is hosts_file's file already, use another")]
    [InlineData("template: {file: csv, path: /var/lib/wg-fleet/clients.db}", "template.path: /var/lib/wg-fleet/clients.db is database's file already, use another")]
    [InlineData("template: {file: csv, path: /x, mode: 0644}", "template.mode: 0644 is a number to some readers of YAML, " + ModeUse)]
    [InlineData("template: {file: csv, path: /x, mode: '644 '}", "template.mode: '644 ' is not a mode from 0000 to 0777, " + ModeUse)]
    [InlineData("template: {file: csv, path: /x, mode: '0844'}", "template.mode: '0844' is not a mode from 0000 to 0777, " + ModeUse)]
    [InlineData("template: {file: csv, path: /x, mode: '4755'}", "template.mode: '4755' is not a mode from 0000 to 0777, " + ModeUse)]
    [InlineData("template: {file: csv, path: /x, mode: '0044'}", "template.mode: '0044' does not let its owner read it, " + ModeUse)]
    [InlineData("template: {file: csv, path: /x}, events: [startup]", "events: is not for a hook with template, remove it")]
    [InlineData("template: {file: csv, path: /x}, max_attempts: 3", "max_attempts: is not for a hook with template, remove it")]
    [InlineData("template: {file: csv, path: /x}, start: now", "start: is not for a hook with template, remove it")]
    public void An_invalid_template_is_refused(string entry, string problem) => Problem(entry).ShouldBe(problem);

    [Theory]
    [InlineData("after_write: HUP", "after_write: is 'HUP', use the keys systemd_unit, pidfile, process and signal")]
    [InlineData("after_write: {}", "after_write: names no process to signal, use systemd_unit or pidfile")]
    [InlineData("after_write: {signal: HUP}", "after_write: names no process to signal, use systemd_unit or pidfile")]
    [InlineData("after_write: {systemd_unit: a.service, pidfile: /x}", "after_write.pidfile: stands beside systemd_unit, use one of them")]
    [InlineData("after_write: {systemd_unit: a.service, process: a}", "after_write.process: belongs to a pidfile, remove it")]
    [InlineData("after_write: {systemd_unit: dnsmasq}", "after_write.systemd_unit: 'dnsmasq' is not a systemd unit, use one such as dnsmasq.service")]
    [InlineData("after_write: {systemd_unit: -a.service}", "after_write.systemd_unit: '-a.service' is not a systemd unit, use one such as dnsmasq.service")]
    [InlineData("after_write: {pidfile: a.pid}", "after_write.pidfile: 'a.pid' is not an absolute path, use a file's full path, from /")]
    [InlineData("after_write: {pidfile: /x, process: /usr/sbin/named}", "after_write.process: '/usr/sbin/named' is not a process's name of at most 15 characters, " + ProcessUse)]
    [InlineData("after_write: {pidfile: /x, process: sixteen-letters-}", "after_write.process: 'sixteen-letters-' is not a process's name of at most 15 characters, " + ProcessUse)]
    [InlineData("after_write: {pidfile: /x, signal: SIGHUP}", "after_write.signal: 'SIGHUP' is not a signal's name, use HUP, INT, QUIT, USR1, USR2, ALRM, TERM, CONT or WINCH")]
    [InlineData("after_write: {pidfile: /x, signal: USR}", "after_write.signal: 'USR' is not a signal's name (did you mean 'USR1'?), use HUP, INT, QUIT, USR1, USR2, ALRM, TERM, CONT or WINCH")]
    public void An_invalid_after_write_is_refused(string key, string problem) =>
        Problem($"template: {{file: csv, path: /x, {key}}}").ShouldBe("template." + problem);

    [Fact]
    public void Two_templates_that_write_one_file_are_refused() =>
        Yaml.Problems(Yaml.Minimal + "hooks:\n  list:\n    - {name: a, template: {file: csv, path: /x}}\n    - {name: b, template: {file: csv, path: /x}}\n")
            .ShouldBe("FILE:12: hooks.list[1].template.path: /x is hooks.list[0].template.path's file already, use another");

    private static string Problem(string entry)
    {
        const string place = "FILE:9: hooks.list[0].";
        var problems = Yaml.Problems(Yaml.Minimal + $"hooks: {{list: [{{name: a, {entry}}}]}}\n");
        problems.ShouldStartWith(place);
        return problems[place.Length..];
    }
}
