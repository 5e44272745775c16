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

    private static readonly TimeSpan InterruptAgain = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _requests = new(MaxRequests);
    private readonly ConcurrentBag<Connection> _idle = [];
    private volatile bool _isDisposed;

    /// <summary>How long one read may take, unless it is of a start.</summary>
    public TimeSpan Longest { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Reads on this thread, and blocks it.</summary>
    /// <exception cref="StoreException">The database cannot be read, or the read took longer than <see cref="Longest"/>.</exception>
    public T Read<T>(Func<Connection, T> read) => Read(read, Longest, CancellationToken.None);

    /// <summary>Reads on this thread for as long as it takes, and blocks it; for a start, during which nobody writes.</summary>
    /// <exception cref="StoreException">The database cannot be read.</exception>
    public T ReadWhole<T>(Func<Connection, T> read) => Read(read, Timeout.InfiniteTimeSpan, CancellationToken.None);

    /// <summary>Reads on another thread; for requests, of which only a few read at once.</summary>
    /// <exception cref="StoreException">The database cannot be read, or the read took longer than <see cref="Longest"/>.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<T> ReadAsync<T>(Func<Connection, T> read, CancellationToken cancellationToken)
    {
        await _requests.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Read(read, Longest, cancellationToken), cancellationToken);
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

    private T Read<T>(Func<Connection, T> read, TimeSpan longest, CancellationToken cancellationToken)
    {
        while (_idle.TryTake(out var idle))
        {
            try
            {
                return Read(idle, read, longest, cancellationToken);
            }
            catch (StoreException e) when (idle.IsBroken && e.Error != StoreError.TimedOut)
            {
                // It broke while it was idle, or the database went away just now, which a new connection will tell.
            }
        }

        return Read(open(), read, longest, cancellationToken);
    }

    private T Read<T>(Connection connection, Func<Connection, T> read, TimeSpan longest, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(longest);
            using var hasEnded = new ManualResetEventSlim();
            T result;
            var reader = Environment.CurrentManagedThreadId;
            using (limit.Token.Register(() => InterruptUntil(connection, hasEnded, reader)))
            {
                try
                {
                    if (limit.IsCancellationRequested)
                        throw new StoreException(StoreError.TimedOut, "the read was ended before it began");

                    result = connection.ReadAtOnce(read);
                }
                finally
                {
                    hasEnded.Set();
                }
            }

            // An interruption may still be on its way, and would end the read of somebody else.
            if (limit.IsCancellationRequested)
                connection.Dispose();
            else
                _idle.Add(connection);

            if (_isDisposed)
                Dispose();

            return result;
        }
        catch (Exception e)
        {
            // The connection may be in any state; the next reader opens a new one.
            connection.Dispose();
            if (e is not StoreException { Error: StoreError.TimedOut })
                throw;

            throw cancellationToken.IsCancellationRequested
                ? new OperationCanceledException(e.Message, e, cancellationToken)
                : new StoreException(StoreError.TimedOut, $"the database needed more than {longest.TotalSeconds} s to read this", e);
        }
    }

    /// <summary>Ends a read: the statement that runs, or the next one, if none runs at this moment.</summary>
    private static void InterruptUntil(Connection connection, ManualResetEventSlim hasEnded, int reader)
    {
        // A token that is cancelled already calls this at once, on the thread that is about to read.
        if (Environment.CurrentManagedThreadId == reader)
            return;

        do
            connection.Interrupt();
        while (!hasEnded.Wait(InterruptAgain));
    }
}
