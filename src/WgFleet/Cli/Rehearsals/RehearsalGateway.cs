using System.Diagnostics;
using WgFleet.Cli.Remote;
using WgFleet.Linux;

namespace WgFleet.Cli.Rehearsals;

/// <summary>The server of a rehearsal, as a process that can be killed and started again.</summary>
/// <param name="configPath">The configuration file of the real gateway.</param>
/// <param name="fleet">The fleet.</param>
/// <param name="directory">The rehearsal's directory.</param>
internal sealed class RehearsalGateway(string configPath, string fleet, string directory)
{
    public const string Command = "rehearsal-gateway";

    /// <summary>How long a start may take.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly string _log = Path.Combine(directory, "log");
    private ExecChild? _server;

    /// <summary>Starts the server and waits until machines can register.</summary>
    /// <returns>How long that took.</returns>
    /// <exception cref="IOException">It ended or is not ready in time; the message has the last line of its log.</exception>
    public async Task<TimeSpan> StartAsync(AdminClient operators, CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp();
        using var input = File.OpenHandle("/dev/null");
        using (var log = File.OpenHandle(_log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        {
            // What systemd has told the real server is not for this one.
            var environment = SystemCommand.OurEnvironment().Where(v => !v.StartsWith("NOTIFY_SOCKET=", StringComparison.Ordinal) && !v.StartsWith("WATCHDOG_", StringComparison.Ordinal) && !v.StartsWith("TMPDIR=", StringComparison.Ordinal));
            _server = ExecChild.Start(Environment.ProcessPath!, ["wg-fleet", "--config", configPath, Command, fleet, directory], [.. environment, $"TMPDIR={directory}"], input, log);
        }

        for (string? why = null; ;)
        {
            ThrowIfEnded();
            try
            {
                await operators.ReadyAsync(cancellationToken);
                return Stopwatch.GetElapsedTime(begin);
            }
            catch (AdminException e)
            {
                why = e.NoServer ? why : e.Message;
            }

            if (Stopwatch.GetElapsedTime(begin) > StartLimit)
                throw new IOException($"the rehearsal's gateway is not ready after {StartLimit.TotalSeconds:0} s: {why ?? LastLine()}");

            await Task.Delay(Glance, cancellationToken);
        }
    }

    /// <summary>kill -9: the server has no time for anything.</summary>
    public async Task KillAsync()
    {
        _server!.SignalGroup(Interop.SigKill);
        await _server.Ended;
        _server.Reap();
    }

    /// <summary>Fails if the server has ended by itself.</summary>
    /// <exception cref="IOException">It has; the message has the last line of its log.</exception>
    public void ThrowIfEnded()
    {
        if (_server!.Ended.IsCompleted)
            throw new IOException($"the rehearsal's gateway has ended: {LastLine()}");
    }

    private string LastLine() => File.ReadLines(_log).LastOrDefault(l => l.Length > 0) ?? "it has said nothing";
}
