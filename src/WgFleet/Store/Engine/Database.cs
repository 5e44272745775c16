using System.Diagnostics;
using WgFleet.Hosting;

namespace WgFleet.Store.Engine;

/// <summary>
/// An open database: one connection that writes, one caller at a time, and others that read. Above it there are connections,
/// transactions and <see cref="StoreException"/>, whatever the engine.
/// </summary>
internal sealed class Database : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly IEngine _engine;
    private Connection _writer;
    private readonly Readers _readers;

    // SQLite has one writer at a time anyway, and waiting here is cheaper than its busy loop. With PostgreSQL it is the order of the events.
    private readonly Lock _gate = new();
    private bool? _isRelaxed;
    private volatile StoreException? _trouble;
    private volatile FatalException? _fatal;

    // Of the last transaction that was on disk when its write returned.
    private long? _mark;

    /// <param name="engine">The database, which is disposed of with this.</param>
    /// <param name="writer">The connection that writes, which is disposed of with this.</param>
    /// <param name="fence">What lets the connection write only while this gateway holds the lease; null if no other gateway shares the database.</param>
    public Database(IEngine engine, Connection writer, WriteFence? fence = null)
    {
        (_engine, _writer, Fence) = (engine, writer, fence);
        _readers = new Readers(engine.OpenReader);
    }

    public Dialect Dialect => _engine.Dialect;

    /// <summary>What lets this gateway write only while it holds the lease; null if no other gateway shares the database.</summary>
    public WriteFence? Fence { get; }

    /// <summary>
    /// How long a write whose connection broke during the commit waits for a new connection, to learn whether it was written. A database server notices
    /// within some ten seconds that this machine has lost its connection, and keeps the lock until then.
    /// </summary>
    public TimeSpan LongestDoubt { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long one read may take, unless it is of a start.</summary>
    public TimeSpan LongestRead
    {
        get => _readers.Longest;
        set => _readers.Longest = value;
    }

    /// <summary>Writes something that changes nothing, to find out whether the database accepts writes. Blocks.</summary>
    /// <exception cref="StoreException">It does not.</exception>
    public void CheckWritable() => Write(_engine.Dialect.TryToWrite);

    /// <summary>Reads on a connection of its own, as of one moment. Blocks: for work in the background and the start.</summary>
    /// <exception cref="StoreException">The database cannot be read.</exception>
    public T Read<T>(Func<Connection, T> read) => _readers.Read(read);

    /// <summary>Reads on a connection and a thread of its own: for requests.</summary>
    /// <exception cref="StoreException">The database cannot be read, or not in time.</exception>
    public Task<T> ReadAsync<T>(Func<Connection, T> read, CancellationToken cancellationToken) => _readers.ReadAsync(read, cancellationToken);

    /// <summary>Reads what a start needs, however long a slow disk takes; PostgreSQL has 30 s for a statement, or the Command Timeout of the connection string. Blocks.</summary>
    /// <exception cref="StartupException">The database is damaged, or something else has written to it.</exception>
    public T Load<T>(Func<Connection, T> read)
    {
        try
        {
            return _readers.ReadWhole(read);
        }
        catch (Exception e) when (e is StoreException or FormatException or InvalidCastException or InvalidOperationException)
        {
            throw _engine.Refusal(e);
        }
    }

    /// <summary>Writes in one transaction that is on disk when this returns. Blocks.</summary>
    /// <exception cref="StoreException">The disk is full, the database is locked, broken or not reached; nothing was written.</exception>
    /// <exception cref="FatalException">The connection broke during the commit, and whether it was written cannot be learned.</exception>
    public void Write(Action<Connection> write) => Write(isRelaxed: false, connection =>
    {
        write(connection);
        return true;
    });

    /// <summary>Writes in one transaction that is on disk when this returns. Blocks.</summary>
    /// <exception cref="StoreException">The disk is full, the database is locked, broken or not reached; nothing was written.</exception>
    /// <exception cref="FatalException">The connection broke during the commit, and whether it was written cannot be learned.</exception>
    public T Write<T>(Func<Connection, T> write) => Write(isRelaxed: false, write);

    /// <summary>
    /// Writes in one transaction without waiting for the disk: it survives the end of the process, but may be lost in a power
    /// cut. For data that may be repeated or late. Blocks.
    /// </summary>
    /// <exception cref="StoreException">The disk is full, the database is locked, broken or not reached; nothing was written, or it is <see cref="StoreError.InDoubt"/>.</exception>
    public T WriteRelaxed<T>(Func<Connection, T> write) => Write(isRelaxed: true, write);

    /// <summary>Forgets what this gateway has written: others may have written since, and its memory is read again.</summary>
    public void StartOver()
    {
        lock (_gate)
            (_mark, _trouble) = (null, null);
    }

    /// <summary>
    /// Checks that the database is still the one that was opened, and after a failed write that it can be written again. Blocks.
    /// </summary>
    /// <exception cref="StoreException">What is wrong, and what to do.</exception>
    public void Check()
    {
        if (_fatal is { } fatal)
            throw fatal;

        _engine.CheckIdentity();

        if (_trouble is not { } trouble)
            return;

        if (_engine.Lasting(trouble) is { } lasting)
            throw lasting;

        CheckWritable();
    }

    /// <summary>
    /// Copies the database as this process still has it open, if its file was deleted or replaced. Nothing is written then, so no write waits for this. Blocks.
    /// </summary>
    /// <param name="file">An empty file.</param>
    /// <returns>False if the database is where it was, or is not a file of this machine; nothing was copied.</returns>
    /// <exception cref="StoreException">What is still open cannot be read, or the disk is full.</exception>
    public bool TryCopyLost(string file)
    {
        if (Dialect.CopyInto is not { } copy || !IsLost())
            return false;

        lock (_gate)
            _writer.Execute(copy, file);

        return true;
    }

    public void Dispose()
    {
        _readers.Dispose();
        _writer.Dispose();
        _engine.Dispose();
    }

    private bool IsLost()
    {
        try
        {
            _engine.CheckIdentity();
            return false;
        }
        catch (StoreException)
        {
            return true;
        }
    }

    private T Write<T>(bool isRelaxed, Func<Connection, T> write)
    {
        // Not behind the lock: a database that is lost may be copied for some time.
        _engine.CheckIdentity();
        lock (_gate)
        {
            if (_fatal is { } fatal)
                throw fatal;

            if (_writer.IsBroken)
                Reopen(_mark);

            if (_isRelaxed != isRelaxed)
            {
                _engine.SetRelaxed(_writer, isRelaxed);
                _isRelaxed = isRelaxed;
            }

            try
            {
                var result = isRelaxed ? _writer.Transact(write) : WriteMarked(write);
                if (_trouble is { } trouble && _engine.Lasting(trouble) is null)
                    _trouble = null;

                return result;
            }
            catch (StoreException e) when (e.Error is StoreError.Full or StoreError.NotWritable or StoreError.ReadOnly or StoreError.Unavailable or StoreError.Corrupt or StoreError.InDoubt)
            {
                _trouble = e;
                throw;
            }
        }
    }

    /// <summary>Writes, and if the connection breaks during the commit, asks on a new one whether it was written.</summary>
    private T WriteMarked<T>(Func<Connection, T> write)
    {
        T result = default!;
        long? mark = null;
        try
        {
            _writer.Transact(c =>
            {
                result = write(c);
                mark = Dialect.Mark is { } sql ? c.Number(sql) : null;
            });
        }
        catch (StoreException e) when (e.Error == StoreError.InDoubt)
        {
            if (!IsWritten(mark, e))
                throw new StoreException(StoreError.Unavailable, e.Message, e);
        }

        _mark = mark;
        return result;
    }

    /// <exception cref="FatalException">It cannot be learned.</exception>
    private bool IsWritten(long? mark, StoreException broken)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return Reopen(_mark, mark) == mark;
            }
            catch (StoreException e) when (e.Error != StoreError.NoLease && Stopwatch.GetElapsedTime(since) < LongestDoubt)
            {
                Thread.Sleep(Pause);
            }
            catch (StoreException e) when (e.Error != StoreError.NoLease)
            {
                throw _fatal = new FatalException($"a change may be in the database or not ({broken.Message}), and it cannot be asked ({e.Message}); start the server again, which reads the database", e);
            }
        }
    }

    /// <summary>Replaces the connection that writes, after it broke.</summary>
    /// <param name="expected">The marks that the last transaction can have.</param>
    /// <returns>The mark that it has.</returns>
    /// <exception cref="StoreException">The database is still not reached, or another server uses it now.</exception>
    /// <exception cref="FatalException">The database is not as this process left it.</exception>
    private long? Reopen(params ReadOnlySpan<long?> expected)
    {
        Connection writer;
        try
        {
            writer = _engine.OpenWriter();
        }
        catch (StartupException e)
        {
            throw new StoreException(StoreError.Unavailable, e.Message, e);
        }

        try
        {
            // With a lease in a transaction that writes, which fails once another gateway may have written: then the memory is read again.
            var mark = Dialect.LastMark is not { } sql ? null : Fence is null ? writer.Number(sql) : writer.Transact(c => c.Number(sql));
            if (_mark is not null && !expected.Contains(mark))
            {
                throw _fatal = new FatalException(
                    "the database is not as this server left it: it was restored or written by another server, or a standby took over that lacked the last changes; start the server again, which reads the database");
            }

            _writer.Dispose();
            (_writer, _isRelaxed) = (writer, null);
            return mark;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }
}
