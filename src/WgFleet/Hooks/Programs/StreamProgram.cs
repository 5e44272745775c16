using WgFleet.Hosting;
using WgFleet.Linux;

namespace WgFleet.Hooks.Programs;

/// <summary>
/// Keeps a program running: starts it, sends the hello, and starts it again, after a growing time, whenever it has ended. The sequence is in
/// <see cref="RunAsync"/>, in order. Safe for concurrent use.
/// </summary>
internal sealed partial class StreamProgram : IAsyncDisposable
{
    /// <summary>The wait before the program is started again; it grows until the program has answered something besides the hello.</summary>
    public static readonly Backoff Restarts = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));

    private readonly string _hook;
    private readonly ProgramCommand _command;
    private readonly ReadOnlyMemory<byte> _hello;
    private readonly TimeSpan _startTimeout;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ProgramRuns? _runs;

    private readonly Lock _gate = new();
    private TaskCompletionSource<StreamProcess> _up = New();
    private Part? _loop;
    private StreamProcess? _process;
    private int _starts;
    private string? _problem;
    private (string Reason, DateTimeOffset At)? _lastEnd;
    private long _nonsense;
    private string? _lastNonsense;

    /// <param name="hook">The hook's name.</param>
    /// <param name="command">The program, its arguments and its user.</param>
    /// <param name="hello">The first line that each process is given.</param>
    /// <param name="startTimeout">How long the answer to it may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">The hook's log.</param>
    /// <param name="runs">Notes which programs run; null if nobody needs to know after a crash.</param>
    public StreamProgram(string hook, ProgramCommand command, ReadOnlyMemory<byte> hello, TimeSpan startTimeout, TimeProvider time, ILogger log, ProgramRuns? runs = null) =>
        (_hook, _command, _hello, _startTimeout, _time, _log, _runs) = (hook, command, hello, startTimeout, time, log, runs);

    /// <summary>Called when a process is ready that is not the first one.</summary>
    public Action? Restarted { get; set; }

    public ProgramStatus Status
    {
        get
        {
            lock (_gate)
            {
                return new ProgramStatus(_process?.Id, _process?.StartedAt, _starts, _problem, _lastEnd?.Reason, _lastEnd?.At, _nonsense, _lastNonsense);
            }
        }
    }

    /// <summary>Starts it. Does nothing if it was started before.</summary>
    /// <param name="loops">Runs the loop.</param>
    public void Start(Supervisor loops) => _loop ??= loops.Run($"program of hook {_hook}", RunAsync);

    /// <summary>Waits for a process that has answered the hello, and returns it.</summary>
    /// <param name="other">A process that has ended and is not to be returned; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<StreamProcess> ReadyAsync(StreamProcess? other, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (other is not null && _up.Task.IsCompleted && _up.Task.Result == other)
                _up = New();

            return _up.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends the process and starts none any more. Never throws.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_loop is { } loop)
            await loop.DisposeAsync();
    }

    private static TaskCompletionSource<StreamProcess> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync(Part part, CancellationToken stoppingToken)
    {
        var failures = 0;
        while (true)
        {
            var (problem, worked) = await RunOnceAsync(part, stoppingToken);
            stoppingToken.ThrowIfCancellationRequested();
            failures = worked ? 1 : failures + 1;
            var delay = Restarts.Delay(failures);
            Log.Down(_log, failures == 1 ? LogLevel.Warning : LogLevel.Error, _hook, delay.TotalSeconds, problem);
            await Task.Delay(delay, _time, stoppingToken);
        }
    }

    /// <summary>Starts a process and waits for its end. Returns why it ended, and whether it has answered anything besides the hello.</summary>
    private async Task<(string Problem, bool Worked)> RunOnceAsync(Part part, CancellationToken stoppingToken)
    {
        StreamProcess process;
        try
        {
            process = Begin();
        }
        catch (IOException e)
        {
            part.Works();
            return (Down(e.Message), false);
        }

        try
        {
            if (await RefusalAsync(process).WaitAsync(stoppingToken) is { } refusal)
            {
                process.End(refusal);
                await process.Ended;
                return (Down(refusal), false);
            }

            Up(process);
            part.Works();
            var end = await process.Ended.WaitAsync(stoppingToken);
            return (Down(end.Reason), process.Answers > 1);
        }
        finally
        {
            await process.StopAsync();
            lock (_gate)
                _process = null;
        }
    }

    /// <exception cref="IOException">It cannot be started; the message says why.</exception>
    private StreamProcess Begin()
    {
        var command = _command.Prepare([], out var problem) ?? throw new IOException(problem);
        try
        {
            var process = StreamProcess.Launch(_hook, command, ProgramCommand.Environment(_hook), _time, _log, OnNonsense, _runs);
            lock (_gate)
                (_process, _starts) = (process, _starts + 1);

            Log.Started(_log, _hook, process.Id);
            return process;
        }
        catch (IOException e)
        {
            throw new IOException($"{_command.Path} cannot be started: {e.Message}", e);
        }
    }

    /// <summary>Sends the hello; returns why the process cannot be used, null if it can.</summary>
    private async Task<string?> RefusalAsync(StreamProcess process)
    {
        var reply = await process.AskAsync(StreamLines.Hello, _hello, _startTimeout);
        return reply.Answer switch
        {
            null when reply.Code == "timeout" => $"it did not answer the hello within {_startTimeout.TotalSeconds:0.###} s (start_timeout); a program must flush its standard output after each line",
            null => $"it did not answer the hello: {(await process.Ended).Reason}",
            { Ok: false } no => $"it refused to run: {no.Error ?? "it does not say why"}",
            { Protocol: { } version } when version != StreamLines.Protocol => $"it uses version {version} of the protocol, and this server uses version {StreamLines.Protocol}",
            _ => null,
        };
    }

    private void Up(StreamProcess process)
    {
        lock (_gate)
        {
            _problem = null;
            _up.TrySetResult(process);
        }

        if (_starts > 1)
            Restarted?.Invoke();
    }

    private string Down(string problem)
    {
        lock (_gate)
        {
            (_problem, _lastEnd) = (problem, (problem, _time.GetUtcNow()));
            if (_up.Task.IsCompleted)
                _up = New();
        }

        return problem;
    }

    private void OnNonsense(string what)
    {
        bool first;
        lock (_gate)
            (first, _nonsense, _lastNonsense) = (_nonsense == 0, _nonsense + 1, what);

        if (first)
            Log.Nonsense(_log, _hook, what);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Hook {Hook}: process {Process} has been started")]
        public static partial void Started(ILogger log, string hook, int process);

        [LoggerMessage(EventId = 2, Message = "Hook {Hook}: the program does not run and will be started in {Seconds:0.0} s: {Problem}")]
        public static partial void Down(ILogger log, LogLevel level, string hook, double seconds, string problem);

        [LoggerMessage(3, LogLevel.Warning, "Hook {Hook}: the program writes lines to its standard output that are not answers, and they are ignored; messages must go to standard error. The first one: {What}")]
        public static partial void Nonsense(ILogger log, string hook, string what);
    }
}
