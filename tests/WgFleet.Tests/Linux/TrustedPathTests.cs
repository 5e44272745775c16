using WgFleet.Linux;

namespace WgFleet.Tests.Linux;

public sealed class TrustedPathTests : IDisposable
{
    private const uint Stranger = 4242;

    private readonly ExecFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0755")]
    [InlineData("0700")]
    [InlineData("0555")]
    [InlineData("0511")]
    public void A_program_that_only_its_owner_can_change_may_run(string mode)
    {
        Problems(_folder.Write("program", "#!/bin/sh\n", mode)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("0644", "PATH is not executable; chmod +x PATH")]
    [InlineData("0775", "PATH can be written by others than its owner (mode 0775); chmod go-w PATH")]
    [InlineData("0757", "PATH can be written by others than its owner (mode 0757); chmod go-w PATH")]
    [InlineData("4755", "PATH is setuid or setgid; chmod ug-s PATH, and set exec.user instead")]
    [InlineData("2755", "PATH is setuid or setgid; chmod ug-s PATH, and set exec.user instead")]
    public void The_refusal_of_a_mode_says_what_to_do(string mode, string problem)
    {
        var path = _folder.Write("program", "#!/bin/sh\n", mode);

        Problems(path).ShouldBe([problem.Replace("PATH", path, StringComparison.Ordinal)]);
    }

    [Theory]
    [InlineData("0775", "chmod go-w FOLDER")]
    [InlineData("0757", "chmod go-w FOLDER")]
    [InlineData("1777", "put the program elsewhere")]
    public void Every_directory_above_the_file_is_checked(string mode, string advice)
    {
        var folder = _folder.File("a");
        Directory.CreateDirectory(_folder.File("a/b/c"));
        ExecFolder.Chmod("0755", folder);
        var path = _folder.Write("a/b/c/program", "#!/bin/sh\n");
        ExecFolder.Chmod(mode, folder);

        Problems(path).ShouldBe([$"{folder} can be written by others than its owner (mode {mode}); {advice.Replace("FOLDER", folder, StringComparison.Ordinal)}"]);
    }

    [Fact]
    public void A_file_of_another_user_is_refused()
    {
        var path = _folder.Write("program", "#!/bin/sh\n");
        var (self, owner) = (ExecFolder.Self, ExecFolder.Self);
        if (self == 0)
        {
            owner = Stranger;
            ExecFolder.Command("chown", $"{Stranger}", path);
        }
        else
        {
            self = Stranger;
        }

        TrustedPath.ProgramProblems(path, self).ShouldContain($"{path} belongs to user {owner}, who could change the program; chown root {path}");
        // The same file is fine for a server that runs as its owner.
        TrustedPath.ProgramProblems(path, owner).ShouldBeEmpty();
    }

    [Fact]
    public void A_link_is_followed_and_every_step_of_it_is_checked()
    {
        using var open = new Folder();
        var outside = Path.Combine(open.Path, "program");
        File.WriteAllText(outside, "#!/bin/sh\n");
        ExecFolder.Chmod("0755", outside);
        _folder.Write("real", "#!/bin/sh\n");
        Directory.CreateDirectory(_folder.File("sub"));
        ExecFolder.Chmod("0755", _folder.File("sub"));
        File.CreateSymbolicLink(_folder.File("sub/good"), "../real");
        File.CreateSymbolicLink(_folder.File("folder"), "sub");
        File.CreateSymbolicLink(_folder.File("bad"), outside);

        Problems(_folder.File("folder/good")).ShouldBeEmpty();
        Problems(_folder.File("sub/./../real")).ShouldBeEmpty();
        Problems(_folder.File("bad")).ShouldHaveSingleItem().ShouldStartWith("/tmp can be written by others than its owner (mode 1777)");
        Problems("/bin/sh").ShouldBeEmpty();
    }

    [Fact]
    public void Circular_and_dangling_links_are_refused()
    {
        File.CreateSymbolicLink(_folder.File("a"), "b");
        File.CreateSymbolicLink(_folder.File("b"), "a");
        File.CreateSymbolicLink(_folder.File("gone"), "nothing");

        Problems(_folder.File("a")).ShouldBe([$"{_folder.File("a")} leads through too many links"]);
        Problems(_folder.File("gone")).ShouldBe([$"{_folder.File("nothing")}: No such file or directory"]);
    }

    [Fact]
    public void Only_a_regular_file_may_run()
    {
        ExecFolder.Command("mkfifo", "-m", "0755", _folder.File("fifo"));
        _folder.Write("program", "#!/bin/sh\n");

        Problems(_folder.File("fifo")).ShouldBe([$"{_folder.File("fifo")} is not a regular file"]);
        Problems(_folder.File("program/x")).ShouldBe([$"{_folder.File("program")} is not a regular file"]);
        Problems(_folder.Path).ShouldBe([$"{_folder.Path} is a directory, not a program"]);
        Problems("/dev/null").ShouldBe(["/dev/null is not a regular file"]);
        Problems("/").ShouldBe(["/ is a directory, not a program"]);
    }

    [Theory]
    [InlineData("program")]
    [InlineData("./program")]
    [InlineData("")]
    [InlineData("/bin/sh\0")]
    public void Only_an_absolute_path_may_run(string path)
    {
        Problems(path).ShouldBe([$"'{path}' is not an absolute path"]);
    }

    [Theory]
    [InlineData("echo hello\n")]
    [InlineData("")]
    [InlineData("\uFEFF#!/bin/sh\n")]
    public void A_script_without_an_interpreter_line_is_refused(string content)
    {
        var path = _folder.Write("program", content);

        Problems(path).ShouldBe([$"{path} is a script without an interpreter; begin it with a line such as #!/bin/sh"]);
    }

    private static IReadOnlyList<string> Problems(string path) => TrustedPath.ProgramProblems(path, ExecFolder.Self);
}
