using System.Net;
using Microsoft.AspNetCore.Connections;

namespace WgFleet.Http.Listening;

/// <summary>
/// Listens as long as the process runs, for one HTTP server after the other. Connections that come during a reload wait for the next server.
/// A connection beyond the limits is closed as soon as it is accepted, before anything is read from it.
/// </summary>
/// <param name="inner">Makes the listeners.</param>
/// <param name="limits">How many connections there may be at once. Connections of the admin socket are not counted.</param>
/// <param name="log">Gets a line about refused connections, once a minute.</param>
internal sealed partial class PersistentListeners(IConnectionListenerFactory inner, ConnectionLimits limits, ILogger log) : IConnectionListenerFactory, IDisposable
{
    private static readonly TimeSpan LogPause = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Listener> _listeners = [];
    private long _loggedAt;

    /// <summary>How many connections there may be at once.</summary>
    public ConnectionLimits Limits => limits;

    /// <summary>The listener of this address, which stays open when the returned one is disposed.</summary>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var name = endpoint.ToString()!;
        if (!_listeners.TryGetValue(name, out var listener))
            _listeners[name] = listener = new Listener(await inner.BindAsync(endpoint, cancellationToken));

        return new ServerListener(listener, this);
    }

    public void Dispose()
    {
        foreach (var listener in _listeners.Values)
            listener.Inner.DisposeAsync().AsTask().Wait();

        _listeners.Clear();
    }

    /// <summary>Counts a connection until it is closed; false if it is one too many.</summary>
    private bool Admits(ConnectionContext connection)
    {
        if (connection.RemoteEndPoint is not IPEndPoint { Address: var source })
            return true;

        if (!limits.TryEnter(source))
        {
            LogRefused(source);
            return false;
        }

        connection.ConnectionClosed.Register(() => limits.Leave(source));
        return true;
    }

    private void LogRefused(IPAddress source)
    {
        // Under attack there are thousands a second.
        var (now, last) = (Environment.TickCount64, Interlocked.Read(ref _loggedAt));
        if ((last == 0 || now - last >= LogPause.TotalMilliseconds) && Interlocked.CompareExchange(ref _loggedAt, now, last) == last)
            Log.Refused(log, source, limits.Open, limits.Max, limits.MaxPerSource);
    }

    /// <summary>A listener of the process, and the connection that comes next.</summary>
    private sealed class Listener(IConnectionListener inner)
    {
        public IConnectionListener Inner => inner;

        public Task<ConnectionContext?>? Next { get; set; }
    }

    /// <summary>That listener for as long as one server runs. A server asks for one connection at a time.</summary>
    private sealed class ServerListener(Listener listener, PersistentListeners owner) : IConnectionListener
    {
        private readonly TaskCompletionSource _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => listener.Inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                var next = listener.Next ??= listener.Inner.AcceptAsync(CancellationToken.None).AsTask();
                if (_unbound.Task.IsCompleted || await Task.WhenAny(next, _unbound.Task) != next)
                    return null;

                listener.Next = null;
                var connection = await next;
                if (connection is null || owner.Admits(connection))
                    return connection;

                connection.Abort(new ConnectionAbortedException("too many connections"));
                await connection.DisposeAsync();
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _unbound.TrySetResult();
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Refused a connection from {Source}: {Open} are open, of at most {Max} in all and {MaxPerSource} of one source. This line comes once a minute at most")]
        public static partial void Refused(ILogger log, IPAddress source, int open, int max, int maxPerSource);
    }
}
