using System.Runtime.InteropServices;

namespace WgFleet.Hosting;

/// <summary>The signals of the process: SIGTERM and SIGINT stop it, SIGHUP reloads its configuration. See signal(7).</summary>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <param name="reloads">Gets a request for a reload at SIGHUP; null if SIGHUP means that the terminal was closed.</param>
    public Signals(ReloadRequests? reloads)
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

        if (reloads is not null)
        {
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                reloads.Ask();
            }));
        }
    }

    /// <summary>Cancelled when the process is told to stop.</summary>
    public CancellationToken Stopping => _stop.Token;

    public void Dispose()
    {
        _registrations.ForEach(r => r.Dispose());
        _stop.Dispose();
    }
}
