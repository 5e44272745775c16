using System.Globalization;
using System.Net;
using WgFleet.Config;
using WgFleet.Hooks.Programs;
using WgFleet.Hosting;
using WgFleet.Linux;

namespace WgFleet.Hooks.Projections.Streaming;

/// <summary>
/// Gives the latest state to a program that stays running: the whole state, or the changes since the state that the program has acknowledged. It has succeeded when
/// the program has answered. One run at a time.
/// </summary>
/// <remarks>Dispose it when no run is under way; this ends the program.</remarks>
internal sealed class StreamProjection : IProjection, IAsyncDisposable
{
    /// <summary>The default of the minimum time between two runs.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(100);

    private readonly HookConfig _hook;
    private readonly StreamConfig _config;
    private long _lines;

    // The state that the running process has acknowledged last.
    private (StreamProcess Process, string Id, Dictionary<(string, IPAddress), Client> Clients)? _acknowledged;

    /// <param name="hook">The entry of the configuration.</param>
    /// <param name="config">The program.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">The hook's log.</param>
    /// <param name="runs">Notes which programs run; null if nobody needs to know after a crash.</param>
    public StreamProjection(HookConfig hook, StreamConfig config, TimeProvider time, ILogger log, ProgramRuns? runs = null)
    {
        (_hook, _config) = (hook, config);
        var command = new ProgramCommand(StreamConfig.Name, config.Command, config.Args, config.User);
        Program = new StreamProgram(hook.Name, command, StreamLines.WriteHello(hook.Name, "state", 1, hook.Settings), config.StartTimeout, time, log, runs);
    }

    public StreamProgram Program { get; }

    public void Start(Supervisor loops) => Program.Start(loops);

    /// <inheritdoc/>
    /// <exception cref="StreamException">The program does not run, has ended, or has answered that it has failed.</exception>
    public async ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
    {
        // A program that fails to start must not delay callers that wait for this run.
        if (Program.Status.Problem is { } problem)
            throw new StreamException($"the program does not run: {problem}");

        var process = await Program.ReadyAsync(null, cancellationToken);
        List<Client> clients = [.. state.Clients.Where(c => _hook.Follows(c.Fleet))];
        var followed = state with { Fleets = [.. state.Fleets.Where(f => _hook.Follows(f.Name))] };
        var id = string.Create(CultureInfo.InvariantCulture, $"state-{state.Sequence}-{++_lines}");
        var line = _config.State == StreamState.Changes && _acknowledged is { } last && last.Process == process
            ? StateLines.Changes(id, last.Id, followed, clients, last.Clients)
            : StateLines.Whole(id, followed, clients);

        StreamReply reply;
        try
        {
            // Longer than a run may take, so that the end of the run comes first and cancels the token.
            reply = await process.AskAsync(id, line, 2 * _config.Timeout).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.End($"it did not answer the state within {_config.Timeout.TotalSeconds:0.###} s");
            throw;
        }

        if (reply.Answer is not { Ok: true })
        {
            _acknowledged = null;
            throw new StreamException(reply.Failure ?? reply.Answer?.Error ?? "the program answered that it failed, without a reason");
        }

        _acknowledged = _config.State == StreamState.Changes ? (process, id, clients.ToDictionary(c => (c.Fleet, c.Address))) : null;
    }

    public ValueTask DisposeAsync() => Program.DisposeAsync();
}

/// <summary>A program did not accept the state; the message is for operators.</summary>
internal sealed class StreamException(string message) : Exception(message);
