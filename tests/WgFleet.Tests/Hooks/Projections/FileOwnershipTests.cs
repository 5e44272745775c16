using WgFleet.Config;
using WgFleet.Config.Reading;
using WgFleet.Hooks.Projections;
using WgFleet.Store;

namespace WgFleet.Tests.Hooks.Projections;

/// <summary>A file that wg-fleet has not written is not overwritten.</summary>
public sealed class FileOwnershipTests : IDisposable
{
    private const string Foreign = "127.0.0.1 localhost\n::1 localhost\n";
    private const string Ours = "fd00:1::1 a1.alpha.example.test\nfd00:1::2 a2.alpha.example.test\n";
    private const string Targets =
        """[{"targets":["[fd00:1::1]:9100"],"labels":{"job":"node_exporter","hostname":"a1","fleet":"alpha"}}]""";

    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_hosts_file_of_somebody_else_is_a_problem_that_says_what_to_do()
    {
        var path = Write("hosts", Foreign);

        Problems($"hosts_file: {path}").ShouldBe([$"hosts_file: {path} exists and was not written by wg-fleet, so it is not overwritten; "
            + "name another file, remove this one, or set 'replace: true' in the entry 'hosts_file' of hooks.list"]);
    }

    [Theory]
    [InlineData("hosts_file", "")]
    [InlineData("hosts_file", "\n \n")]
    [InlineData("hosts_file", Ours)]
    [InlineData("prometheus_file", "[]")]
    [InlineData("prometheus_file", Targets)]
    public void A_file_that_is_empty_or_that_only_wg_fleet_writes_is_no_problem(string key, string content) =>
        Problems($"{key}: {Write("file", content)}").ShouldBeEmpty();

    [Theory]
    [InlineData("hosts_file", Ours + "10.0.0.1 printer\n")]
    [InlineData("hosts_file", "fd00:1::1 a1.alpha.example.com\n")]
    [InlineData("prometheus_file", """[{"targets":["a:9100"],"labels":{"job":"other"}}]""")]
    [InlineData("prometheus_file", """{"a": 1}""")]
    [InlineData("prometheus_file", "nothing of the kind")]
    public void A_file_with_a_line_of_somebody_else_is_a_problem(string key, string content) => Problems($"{key}: {Write("file", content)}").Count.ShouldBe(1);

    [Fact]
    public void A_file_that_was_written_before_is_no_problem_whatever_it_holds()
    {
        var path = Write("hosts", Foreign);

        Problems($"hosts_file: {path}", new WrittenFiles(new HashSet<string> { path }, null)).ShouldBeEmpty();
    }

    [Fact]
    public void An_entry_may_say_that_its_file_is_replaced()
    {
        var path = Write("hosts", Foreign);

        Problems($"hosts_file: {path}\nhooks: {{list: [{{name: hosts_file, replace: true}}]}}").ShouldBeEmpty();
        Problems($"hosts_file: {path}\nhooks: {{list: [{{name: hosts_file, enabled: false}}]}}").ShouldBeEmpty();
    }

    [Fact]
    public void Each_file_of_a_template_that_is_somebody_elses_is_a_problem_at_the_line_of_its_path()
    {
        Write("alpha.zone", "; my own zone\n");
        Write("beta.zone", "; Written by wg-fleet; what is changed here is lost.\n");
        var template = $"hooks:\n  list:\n    - name: zone\n      template: {{file: bind-zone, path: \"{_folder.Path}/{{fleet}}.zone\"}}\n";

        var problem = Problems(template).ShouldHaveSingleItem();
        problem.ShouldStartWith($"{_folder.File("wg-fleet.yaml")}:");
        problem.ShouldContain($": hooks.list[0].template.path: {_folder.File("alpha.zone")} exists and was not written by wg-fleet");

        Problems(template + "      replace: true\n").ShouldBeEmpty();
    }

    [Fact]
    public void A_template_that_a_server_before_this_version_has_written_is_no_problem_and_an_older_file_is()
    {
        var path = Write("out", "anything");
        var template = $"hooks: {{list: [{{name: out, template: {{file: csv, path: {path}}}}}]}}";
        var changed = File.GetLastWriteTimeUtc(path);

        Problems(template, WrittenFiles.None with { UnnotedSince = changed.AddSeconds(-1) }).ShouldBeEmpty();
        Problems(template, WrittenFiles.None with { UnnotedSince = changed.AddSeconds(1) }).Count.ShouldBe(1);
    }

    [Fact]
    public void A_default_path_is_ours_unless_it_is_a_link_to_a_file_of_somebody_else()
    {
        var target = Write("hosts", Foreign);
        File.CreateSymbolicLink(_folder.File("link"), target);
        var byDefault = new ProjectedFile(target, "hosts_file", _ => null!) { IsDefault = true };

        Objection(byDefault).ShouldBeNull();
        Objection(byDefault with { IsDefault = false }).ShouldNotBeNull();
        Objection(byDefault with { Path = _folder.File("link") }).ShouldNotBeNull();
    }

    private static string? Objection(ProjectedFile file) => new FileOwnership([file], WrittenFiles.None).Objection(file.Path);

    private string Write(string name, string content)
    {
        File.WriteAllText(_folder.File(name), content);
        return _folder.File(name);
    }

    private IReadOnlyList<string> Problems(string more, WrittenFiles? written = null)
    {
        var yaml = $$"""
            domain: example.test
            prune_timeout: 30m
            fleets:
              alpha: {ip6: "fd00:1::ffff", subnet: "fd00:1::/64", external_ip: 203.0.113.7, port: 51820}
              beta: {ip6: "fd00:2::ffff", subnet: "fd00:2::/64", external_ip: 203.0.113.7, port: 51821}
            {{more}}
            """;
        File.WriteAllText(_folder.File("wg-fleet.yaml"), yaml);
        var read = ConfigFile.Load(_folder.File("wg-fleet.yaml"));
        read.Problems.ShouldBeEmpty();
        return [.. new FileOwnership(ProjectedFile.Of(read.Config!), written ?? WrittenFiles.None).Problems().Select(p => p.ToString())];
    }
}
