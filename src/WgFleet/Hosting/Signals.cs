using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace WgFleet.Hosting;

/// <summary>What the process is told by signals: SIGTERM and SIGINT to stop, SIGHUP to read its configuration again. See signal(7).</summary>
internal sealed class Signals : IDisposable
{
    private readonly Channel<bool> _reloads = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <param name="reloads">Whether SIGHUP means reload; in a terminal it means that the terminal is gone.</param>
    public Signals(bool reloads)
    {
        // ASP.NET Core listens for these too, but not while the server starts nor between two of its turns.
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                _stop.Cancel();
            }));
        }

        if (reloads)
        {
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                _reloads.Writer.TryWrite(true);
            }));
        }
    }

    /// <summary>Cancelled when the process is told to stop.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Completes at the next SIGHUP, or at once if one came since the last.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public ValueTask<bool> ReloadAsync(CancellationToken cancellationToken) => _reloads.Reader.ReadAsync(cancellationToken);

    public void Dispose()
    {
        _registrations.ForEach(r => r.Dispose());
        _stop.Dispose();
    }
}
