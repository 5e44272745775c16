using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Config.Reading;
using WgFleet.Hooks.Projections;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;

namespace WgFleet.Tests.Hooks.Projections;

/// <summary>What somebody else has put into a file of ours is kept before the file is replaced, and is refused after a stop.</summary>
public sealed class OwnedFilesTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly CollectedLog _log = new();
    private readonly Database _database;

    public OwnedFilesTests() => _database = SqliteDatabase.Open(_folder.File("clients.db"), new CollectedLog().CreateLogger("store"));

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("hosts", false)]
    [InlineData("hosts", true)]
    [InlineData("targets.json", false)]
    [InlineData("targets.json", true)]
    [InlineData("zone.alpha", false)]
    [InlineData("zone.alpha", true)]
    [InlineData("of-a-class", false)]
    public void What_somebody_has_put_into_a_file_while_the_server_runs_is_kept_beside_it_and_logged(string name, bool renamed)
    {
        var path = _folder.File(name);
        using var run = Run();
        run.Write(path, "one\n");
        Put(path, "two\n", renamed);

        run.Write(path, "three\n");

        File.ReadAllText(path).ShouldBe("three\n");
        File.ReadAllText(Copy(name)).ShouldBe("two\n");
        _log.At(LogLevel.Warning).ShouldBe([$"{path} may have been changed by somebody else: what it held is kept as {Copy(name)}"]);
    }

    [Fact]
    public void A_copy_has_the_mode_of_the_file_and_each_content_has_one_copy()
    {
        var path = _folder.File("hosts");
        using var run = Run();
        run.Write(path, "ours 0\n");
        Replaced("a\n", 1);
        Replaced("b\n", 2);
        Replaced("a\n", 3);

        File.GetUnixFileMode(Copy("hosts")).ShouldBe(UnixFileMode.UserRead);
        _folder.Names().Where(n => n.Contains("before", StringComparison.Ordinal)).ShouldBe([".hosts.before", ".hosts.before.2"]);
        _log.Lines.Count.ShouldBe(2);

        void Replaced(string content, int round)
        {
            Put(path, content, renamed: true);
            File.SetUnixFileMode(path, UnixFileMode.UserRead);
            run.Write(path, $"ours {round}\n");
        }
    }

    [Fact]
    public void There_are_ten_copies_at_most_and_the_first_nine_stay()
    {
        var path = _folder.File("hosts");
        using var run = Run();
        run.Write(path, "ours\n");
        for (var i = 1; i <= 12; i++)
        {
            File.WriteAllText(path, $"theirs {i}\n");
            run.Write(path, $"ours {i}\n");
        }

        _folder.Names().Count(n => n.Contains("before", StringComparison.Ordinal)).ShouldBe(10);
        File.ReadAllText(Copy("hosts")).ShouldBe("theirs 1\n");
        File.ReadAllText(Copy("hosts") + ".9").ShouldBe("theirs 9\n");
        File.ReadAllText(Copy("hosts") + ".10").ShouldBe("theirs 12\n");
    }

    [Fact]
    public void What_we_wrote_ourselves_what_is_empty_and_what_is_as_it_should_be_is_not_kept()
    {
        var path = _folder.File("hosts");
        using var run = Run();
        run.Write(path, "one\n");
        run.Write(path, "two\n");
        File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        run.Write(path, "three\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead);
        run.Write(path, "four\n");
        File.Delete(path);
        run.Write(path, "five\n");
        Put(path, "\n", renamed: true);
        run.Write(path, "six\n");
        Put(path, "seven\n", renamed: true);
        run.Write(path, "seven\n");

        _folder.Names().ShouldNotContain(".hosts.before");
        _log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public void Behind_a_link_the_copy_is_beside_the_file_itself()
    {
        Directory.CreateDirectory(_folder.File("real"));
        File.WriteAllText(_folder.File("real/hosts"), "");
        var path = _folder.File("hosts");
        File.CreateSymbolicLink(path, _folder.File("real/hosts"));
        using var run = Run();
        run.Write(path, "one\n");
        Put(_folder.File("real/hosts"), "theirs\n", renamed: true);

        run.Write(path, "two\n");

        File.ReadAllText(_folder.File("real/.hosts.before")).ShouldBe("theirs\n");
        File.ReadAllText(_folder.File("real/hosts")).ShouldBe("two\n");
    }

    [Fact]
    public void With_replace_nothing_is_kept_and_nothing_refused()
    {
        var path = _folder.File("hosts");
        File.WriteAllText(path, "127.0.0.1 localhost\n");
        using (var run = Run(replaces: true))
        {
            run.Write(path, "one\n");
            File.WriteAllText(path, "theirs\n");
            run.Write(path, "two\n");
        }

        File.WriteAllText(path, "theirs\n");
        Refused(replaces: true).ShouldBeEmpty();
        _folder.Names().ShouldNotContain(".hosts.before");
    }

    [Theory]
    [InlineData("hosts", "hosts_file", "127.0.0.1 localhost\n")]
    [InlineData("targets.json", "prometheus_file", "nothing of the kind")]
    [InlineData("zone.alpha", "hooks.list[0].template.path", "; my own zone\n")]
    public void After_a_stop_a_file_that_somebody_has_changed_is_refused_and_one_that_we_wrote_is_not(string name, string key, string theirs)
    {
        var path = _folder.File(name);
        using (var run = Run())
            run.Write(path, "anything that we wrote\n");

        Refused().ShouldBeEmpty();
        File.WriteAllText(path, theirs);

        var problem = Refused().ShouldHaveSingleItem();
        problem.ShouldContain($"{key}: {path} was changed after wg-fleet had stopped, so it is not overwritten; remove the file, or keep it and name another one, or set 'replace: true' in the entry '");

        // What is empty is nobody's, and what is gone may be written again.
        File.WriteAllText(path, "\n");
        Refused().ShouldBeEmpty();
        File.Delete(path);
        Refused().ShouldBeEmpty();
    }

    [Fact]
    public void The_next_run_knows_what_the_last_one_wrote_so_a_file_that_is_out_of_date_is_not_kept()
    {
        var path = _folder.File("hosts");
        using (var run = Run())
            run.Write(path, "out of date\n");

        using (var run = Run())
            run.Write(path, "newer\n");

        // A run that writes nothing forgets nothing.
        Run().Dispose();
        File.WriteAllText(path, "theirs\n");
        Refused().Count.ShouldBe(1);
        _log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public void After_a_crash_it_is_not_known_what_was_written_so_nothing_is_refused_and_everything_is_kept()
    {
        var path = _folder.File("hosts");
        Run().Write(path, "fd00:a::1 a1.alpha.example.test\n");
        Refused().ShouldBeEmpty();
        File.AppendAllText(path, "10.0.0.1 printer\n");
        Refused().ShouldBeEmpty();

        using var run = Run();
        run.Write(path, "fd00:a::1 a2.alpha.example.test\n");

        File.ReadAllText(Copy("hosts")).ShouldBe("fd00:a::1 a1.alpha.example.test\n10.0.0.1 printer\n");
    }

    [Fact]
    public void After_a_crash_names_that_only_we_write_are_not_kept()
    {
        var path = _folder.File("hosts");
        Run().Write(path, "fd00:a::1 a1.alpha.example.test\n");

        using var run = Run();
        run.Write(path, "fd00:a::1 a2.alpha.example.test\n");

        _folder.Names().ShouldNotContain(".hosts.before");
    }

    [Fact]
    public void A_write_that_failed_does_not_make_the_file_somebody_elses()
    {
        var path = _folder.File("hosts");
        using (var run = Run())
        {
            run.Write(path, "one\n");
            File.Delete(path);
            Directory.CreateDirectory(path);
            Should.Throw<IOException>(() => run.Write(path, "two\n"));
            Directory.Delete(path);
            File.WriteAllText(path, "two\n");
        }

        Refused().ShouldBeEmpty();
    }

    private static void Put(string path, string content, bool renamed)
    {
        if (!renamed)
        {
            File.WriteAllText(path, content);
            return;
        }

        File.WriteAllText(path + ".theirs", content);
        File.Move(path + ".theirs", path, overwrite: true);
    }

    private string Copy(string name) => _folder.File($".{name}.before");

    /// <summary>What a start would refuse, or wg-fleet check.</summary>
    private IReadOnlyList<string> Refused(bool replaces = false) =>
        [.. new FileOwnership(ProjectedFile.Of(Config(replaces)), new WrittenFileStore(_database).Now, WrittenContents.Beside(_folder.File("clients.db"))).Problems().Select(p => p.ToString())];

    /// <summary>A run of the server, as far as it is about files. Without a Dispose, it was killed.</summary>
    private ServerRun Run(bool replaces = false)
    {
        var contents = WrittenContents.Beside(_folder.File("clients.db"));
        contents.Begin();
        return new(contents, new OwnedFiles(Config(replaces), new WrittenFileStore(_database), contents, TimeProvider.System, _log.CreateLogger<OwnedFiles>()));
    }

    private ServerConfig Config(bool replaces)
    {
        File.WriteAllText(_folder.File("wg-fleet.yaml"), $$"""
            domain: example.test
            prune_timeout: 30m
            hosts_file: {{_folder.File("hosts")}}
            prometheus_file: {{_folder.File("targets.json")}}
            fleets:
              alpha: {ip6: "fd00:a::ffff", subnet: "fd00:a::/64", external_ip: 203.0.113.7, port: 51820}
            hooks:
              list:
                - {name: zone, template: {file: csv, path: "{{_folder.Path}}/zone.{fleet}"} }
                - {name: hosts_file, replace: {{(replaces ? "true" : "false")}} }
            """);
        var read = ConfigFile.Load(_folder.File("wg-fleet.yaml"));
        read.Problems.ShouldBeEmpty();
        return read.Config!;
    }

    private sealed record ServerRun(WrittenContents Contents, OwnedFiles Files) : IDisposable
    {
        public void Write(string path, string content) => Files.Replace(path, System.Text.Encoding.UTF8.GetBytes(content));

        public void Dispose() => Contents.Dispose();
    }
}
