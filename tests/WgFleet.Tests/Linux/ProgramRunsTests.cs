using System.Globalization;
using System.IO.Pipes;
using WgFleet.Linux;

namespace WgFleet.Tests.Linux;

public sealed class ProgramRunsTests : IAsyncDisposable
{
    private readonly Folder _folder = new();
    private readonly List<ExecChild> _children = [];

    private ProgramRuns Runs => new(_folder.File("programs"));

    private string[] Notes => Directory.Exists(_folder.File("programs")) ? Directory.GetFiles(_folder.File("programs")) : [];

    public async ValueTask DisposeAsync()
    {
        foreach (var child in _children)
        {
            child.SignalGroup(Interop.SigKill);
            await child.Ended;
            child.Reap();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task A_program_is_noted_until_it_is_reaped()
    {
        var child = Start("exit 3", Runs);
        Notes.Length.ShouldBe(1);
        await child.Ended;
        Notes.Length.ShouldBe(1);

        child.Reap().Code.ShouldBe(3);
        Notes.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_program_that_is_noted_is_ended_with_its_group_by_the_next_server()
    {
        var child = Start("sleep 600 & echo $! > \"$OUT\"; wait", Runs);
        var second = await LineAsync("out");

        new ProgramRuns(_folder.File("programs")).EndLeftOver().ShouldBe([child.Id, int.Parse(second, CultureInfo.InvariantCulture)], ignoreOrder: true);

        await child.Ended;
        child.Reap().ToString().ShouldBe("signal 9");
        RunningProcess.Find(int.Parse(second, CultureInfo.InvariantCulture))?.State.ShouldBe('Z');
        Notes.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_not_noted_or_has_left_the_session_is_left_alone()
    {
        var other = Start("echo > \"$OUT\"; sleep 600", runs: null);
        await LineAsync("out");
        File.Delete(_folder.File("out"));
        Start("setsid sh -c 'echo $$ > \"$OUT\"; sleep 600' & wait", Runs);
        var daemon = int.Parse(await LineAsync("out"), CultureInfo.InvariantCulture);
        try
        {
            Runs.EndLeftOver().ShouldNotContain(daemon);

            RunningProcess.Find(daemon)!.State.ShouldNotBe('Z');
            other.Ended.IsCompleted.ShouldBeFalse();
        }
        finally
        {
            Interop.SignalGroup(daemon, Interop.SigKill);
        }
    }

    [Fact]
    public void A_program_that_does_not_start_leaves_no_note()
    {
        using var input = new AnonymousPipeServerStream(PipeDirection.Out);
        using var output = new AnonymousPipeServerStream(PipeDirection.In);

        Should.Throw<IOException>(() => ExecChild.Start("/nonexistent", ["x"], [], input.ClientSafePipeHandle, output.ClientSafePipeHandle, Runs));

        Notes.ShouldBeEmpty();
    }

    [Fact]
    public void A_start_without_a_crash_before_it_ends_nothing()
    {
        Runs.EndLeftOver().ShouldBeEmpty();
        Directory.Exists(_folder.File("programs")).ShouldBeFalse();
    }

    private ExecChild Start(string lines, ProgramRuns? runs)
    {
        using var none = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        var child = ExecChild.Start("/bin/sh", ["sh", "-c", lines], ["PATH=/usr/bin:/bin", $"OUT={_folder.File("out")}"], none, none, runs);
        _children.Add(child);
        return child;
    }

    private async Task<string> LineAsync(string file)
    {
        await Eventually.True(() => File.Exists(_folder.File(file)) && File.ReadAllText(_folder.File(file)).EndsWith('\n'));
        return File.ReadAllText(_folder.File(file)).Trim();
    }
}
