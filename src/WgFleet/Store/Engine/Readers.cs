using System.Collections.Concurrent;

namespace WgFleet.Store.Engine;

/// <summary>
/// Connections that only read, each for one reader at a time. A long read does not delay the writer or other readers.
/// Every read sees the database as of the last commit, and is ended when it takes too long, because SQLite cannot truncate its
/// write-ahead log during a read, and PostgreSQL cannot remove old rows.
/// </summary>
internal sealed class Readers(Func<Connection> open) : IDisposable
{
    /// <summary>How many requests read at once; the others wait for their turn.</summary>
    private const int MaxRequests = 4;

    /// <summary>How long one read may take.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _requests = new(MaxRequests);
    private readonly ConcurrentBag<Connection> _idle = [];
    private volatile bool _isDisposed;

    /// <summary>Reads on this thread, and blocks it.</summary>
    /// <exception cref="StoreException">The database cannot be read, or the read took longer than <see cref="Longest"/>.</exception>
    public T Read<T>(Func<Connection, T> read) => Read(read, CancellationToken.None);

    /// <summary>Reads on another thread; for requests, of which only a few read at once.</summary>
    /// <exception cref="StoreException">The database cannot be read, or the read took longer than <see cref="Longest"/>.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<T> ReadAsync<T>(Func<Connection, T> read, CancellationToken cancellationToken)
    {
        await _requests.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Read(read, cancellationToken), cancellationToken);
        }
        finally
        {
            _requests.Release();
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_idle.TryTake(out var connection))
            connection.Dispose();
    }

    private T Read<T>(Func<Connection, T> read, CancellationToken cancellationToken)
    {
        while (_idle.TryTake(out var idle))
        {
            try
            {
                return Read(idle, read, cancellationToken);
            }
            catch (StoreException) when (idle.IsBroken)
            {
                // It broke while it was idle, or the database went away just now, which a new connection will tell.
            }
        }

        return Read(open(), read, cancellationToken);
    }

    private T Read<T>(Connection connection, Func<Connection, T> read, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Longest);
            T result;
            using (limit.Token.Register(connection.Interrupt))
                result = connection.ReadAtOnce(read);

            _idle.Add(connection);
            if (_isDisposed)
                Dispose();

            return result;
        }
        catch (Exception e)
        {
            // The connection may be in any state; the next reader opens a new one.
            connection.Dispose();
            if (e is StoreException { Error: StoreError.TimedOut } && cancellationToken.IsCancellationRequested)
                throw new OperationCanceledException(e.Message, e, cancellationToken);

            throw;
        }
    }
}
