using System.Globalization;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Exec;

namespace WgFleet.Tests.Hooks.Deliveries.Exec;

[Collection(nameof(WholeProcess))]
public sealed class ExecLeakTests : IDisposable
{
    private readonly ExecStage _stage = new();

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task A_hundred_runs_leave_no_zombie_no_open_file_and_no_thread()
    {
        var delivery = _stage.Delivery(_stage.Folder.Script("echo hello"));
        var before = await PipesOfOthersAsync();

        for (var i = 0; i < 100; i++)
            (await delivery.DeliverAsync(ExecStage.Attempt(), ExecStage.Ct)).Verdict.ShouldBe(DeliveryVerdict.Delivered);

        Pipes().ShouldBe(before);
        Zombies().ShouldBeEmpty();
        Watchers().ShouldBeLessThan(5);
    }

    [Fact]
    public async Task Outputs_held_open_by_grandchildren_leave_no_open_file()
    {
        var script = _stage.Folder.Script("sleep 1000 & echo child $1 $!");
        var before = await PipesOfOthersAsync();
        var children = new List<string>();
        try
        {
            for (var i = 0; i < 20; i++)
            {
                var run = _stage.Delivery(script, $"{i}").DeliverAsync(ExecStage.Attempt(), ExecStage.Ct);
                children.Add(await _stage.Log.HearAsync($"child {i} "));
                await _stage.Time.SomebodyWaitsAsync(ExecDelivery.LastWords);
                _stage.Time.Advance(ExecDelivery.LastWords);
                (await run).Verdict.ShouldBe(DeliveryVerdict.Delivered);
            }

            children.ShouldAllBe(c => ExecStage.Runs(c));
            Pipes().ShouldBe(before);
            Zombies().ShouldBeEmpty();
        }
        finally
        {
            children.ForEach(ExecStage.Kill);
        }
    }

    [Fact]
    public async Task The_first_four_kilobytes_of_a_hundred_megabytes_of_output_are_kept()
    {
        var outcome = await _stage.RunAsync("head -c 100000000 /dev/zero");

        outcome.Verdict.ShouldBe(DeliveryVerdict.Delivered);
        outcome.Response.Length.ShouldBe(4096);
    }

    /// <summary>The pipes that are open now: with those .NET opens at the first run, less those that earlier tests have left to the garbage collector.</summary>
    private async Task<int> PipesOfOthersAsync()
    {
        await _stage.Delivery(_stage.Folder.Script("exit 0", "first")).DeliverAsync(ExecStage.Attempt(), ExecStage.Ct);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Pipes();
    }

    private static int Pipes() => Directory.EnumerateFileSystemEntries("/proc/self/fd")
        .Count(f => new FileInfo(f).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true);

    private static int Watchers() => Directory.EnumerateDirectories("/proc/self/task").Count(t => File.ReadAllText($"{t}/comm").StartsWith("exec ", StringComparison.Ordinal));

    /// <summary>Our children that have ended and are not reaped.</summary>
    private static List<string> Zombies()
    {
        var self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var zombies = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(p => char.IsAsciiDigit(Path.GetFileName(p)[0])))
        {
            try
            {
                var stat = File.ReadAllText($"{process}/stat");
                var (state, parent) = stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is [var s, var p, ..] ? (s, p) : ("", "");
                if (state == "Z" && parent == self)
                    zombies.Add(stat);
            }
            catch (IOException)
            {
                // It has ended in the meantime.
            }
        }

        return zombies;
    }
}
