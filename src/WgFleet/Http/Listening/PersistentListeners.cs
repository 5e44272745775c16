using System.Net;
using Microsoft.AspNetCore.Connections;

namespace WgFleet.Http.Listening;

/// <summary>
/// Listens as long as the process runs, for one HTTP server after the other: what connects between two of them waits for the next.
/// </summary>
/// <param name="inner">Makes the listeners.</param>
internal sealed class PersistentListeners(IConnectionListenerFactory inner) : IConnectionListenerFactory, IDisposable
{
    private readonly Dictionary<string, Kept> _kept = [];

    /// <summary>The listener of this address, which goes on when the one returned is disposed of.</summary>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var name = endpoint.ToString()!;
        if (!_kept.TryGetValue(name, out var kept))
            _kept[name] = kept = new Kept(await inner.BindAsync(endpoint, cancellationToken));

        return new Turn(kept);
    }

    public void Dispose()
    {
        foreach (var kept in _kept.Values)
            kept.Listener.DisposeAsync().AsTask().Wait();

        _kept.Clear();
    }

    /// <summary>A listener, and whoever is the next to connect.</summary>
    private sealed class Kept(IConnectionListener listener)
    {
        public IConnectionListener Listener => listener;

        public Task<ConnectionContext?>? Next { get; set; }
    }

    /// <summary>It, for as long as one server runs. A server asks for one connection at a time.</summary>
    private sealed class Turn(Kept kept) : IConnectionListener
    {
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => kept.Listener.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            var next = kept.Next ??= kept.Listener.AcceptAsync(CancellationToken.None).AsTask();
            if (_over.Task.IsCompleted || await Task.WhenAny(next, _over.Task) != next)
                return null;

            kept.Next = null;
            return await next;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _over.TrySetResult();
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
