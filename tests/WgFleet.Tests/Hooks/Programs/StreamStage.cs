using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Streaming;
using WgFleet.Hooks.Programs;
using WgFleet.Hosting;
using WgFleet.Tests.Hooks.Deliveries.Exec;

namespace WgFleet.Tests.Hooks.Programs;

/// <summary>A program that stays running, and a clock that stands still unless told otherwise.</summary>
internal sealed class StreamStage : IAsyncDisposable
{
    /// <summary>What the scripts of these tests begin with: read a line and its id, answer it well.</summary>
    private const string Words = """
        next() { read -r line || exit 0; id=${line#*\"id\":\"}; id=${id%%\"*}; }
        ok() { echo "{\"id\":\"$id\",\"ok\":true}"; }

        """;

    private readonly List<StreamProcess> _processes = [];
    private readonly List<StreamDelivery> _deliveries = [];
    private readonly List<string> _nonsense = [];

    public StreamStage() => Loops = new Supervisor(Time, NullLogger<Supervisor>.Instance);

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ExecFolder Folder { get; } = new();

    public ManualTime Time { get; } = new();

    public ExecStage.OutputLog Log { get; } = new();

    public Supervisor Loops { get; }

    /// <summary>What the process was told about lines that are no answers.</summary>
    public IReadOnlyList<string> Nonsense
    {
        get
        {
            lock (_nonsense)
                return [.. _nonsense];
        }
    }

    /// <summary>A script that knows the words <c>next</c> and <c>ok</c>.</summary>
    public string Script(string lines, string name = "program") => Folder.Script(Words + lines, name);

    /// <summary>A process of a script, which has not been greeted.</summary>
    public StreamProcess Start(string lines) => StartFile(Script(lines));

    /// <summary>A process of a file.</summary>
    public StreamProcess StartFile(string file)
    {
        var process = StreamProcess.Launch("cmdb", [file], ProgramCommand.Environment("cmdb"), Time, Log, what =>
        {
            lock (_nonsense)
                _nonsense.Add(what);
        });
        _processes.Add(process);
        return process;
    }

    /// <summary>Writes a line of this id.</summary>
    public static Task<StreamReply> AskAsync(StreamProcess process, string id, double seconds = 30) =>
        process.AskAsync(id, Encoding.UTF8.GetBytes($$"""{"id":"{{id}}"}"""), TimeSpan.FromSeconds(seconds));

    /// <summary>A delivery to a script, or to another program.</summary>
    public StreamDelivery Delivery(string lines, Func<StreamConfig, StreamConfig>? change = null, IReadOnlyDictionary<string, string>? settings = null) =>
        Deliver((change ?? (c => c))(new StreamConfig { Command = Script(lines), User = ExecFolder.User }), settings);

    public StreamDelivery Deliver(StreamConfig config, IReadOnlyDictionary<string, string>? settings = null)
    {
        var delivery = new StreamDelivery("cmdb", config, settings ?? new Dictionary<string, string>(), Time, Log);
        _deliveries.Add(delivery);
        delivery.Start(Loops);
        return delivery;
    }

    public static Task<DeliveryOutcome> GiveAsync(StreamDelivery delivery, FleetEvent? e = null) => delivery.DeliverAsync(ExecStage.Attempt(e), Ct);

    /// <summary>Lets the clock run to timers that are near until the task is done. A timer that is further away, such as a timeout, is not what ends it.</summary>
    public async Task<T> UntilDoneAsync<T>(Task<T> task, double seconds = 5)
    {
        while (!task.IsCompleted)
        {
            Pass(seconds);
            await Task.WhenAny(task, Task.Delay(10, Ct));
        }

        return await task;
    }

    /// <summary>Lets the clock run to the next timer, if that is near.</summary>
    public void Pass(double seconds = 5)
    {
        if (Time.UntilNextTimer is { } next && next <= TimeSpan.FromSeconds(seconds))
            Time.Advance(next);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await UntilDoneAsync(EndAsync(process.StopAsync()));

        foreach (var delivery in _deliveries)
            await UntilDoneAsync(EndAsync(delivery.DisposeAsync().AsTask()));

        Folder.Dispose();
    }

    private static async Task<bool> EndAsync(Task task)
    {
        await task;
        return true;
    }
}
