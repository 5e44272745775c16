namespace WgFleet.Store.Engine;

/// <summary>
/// An open database: one connection that writes, one caller at a time, and others that read. Above it there are connections,
/// transactions and <see cref="StoreException"/>, whatever the engine.
/// </summary>
internal sealed class Database : IDisposable
{
    private readonly IEngine _engine;
    private Connection _writer;
    private readonly Readers _readers;

    // SQLite has one writer at a time anyway, and waiting here is cheaper than its busy loop. With PostgreSQL it is the order of the events.
    private readonly Lock _gate = new();
    private bool? _isRelaxed;
    private volatile StoreException? _trouble;

    /// <param name="engine">The database, which is disposed of with this.</param>
    /// <param name="writer">The connection that writes, which is disposed of with this.</param>
    public Database(IEngine engine, Connection writer)
    {
        (_engine, _writer) = (engine, writer);
        _readers = new Readers(engine.OpenReader);
    }

    public Dialect Dialect => _engine.Dialect;

    /// <summary>Writes something that changes nothing, to find out whether the database accepts writes. Blocks.</summary>
    /// <exception cref="StoreException">It does not.</exception>
    public void CheckWritable() => Write(_engine.Dialect.TryToWrite);

    /// <summary>Reads on a connection of its own, as of one moment. Blocks: for work in the background and the start.</summary>
    /// <exception cref="StoreException">The database cannot be read.</exception>
    public T Read<T>(Func<Connection, T> read) => _readers.Read(read);

    /// <summary>Reads on a connection and a thread of its own: for requests.</summary>
    /// <exception cref="StoreException">The database cannot be read, or not in time.</exception>
    public Task<T> ReadAsync<T>(Func<Connection, T> read, CancellationToken cancellationToken) => _readers.ReadAsync(read, cancellationToken);

    /// <summary>Reads what a start needs. Blocks.</summary>
    /// <exception cref="Hosting.StartupException">The database is damaged, or something else has written to it.</exception>
    public T Load<T>(Func<Connection, T> read)
    {
        try
        {
            return Read(read);
        }
        catch (Exception e) when (e is StoreException or FormatException or InvalidCastException or InvalidOperationException)
        {
            throw _engine.Refusal(e);
        }
    }

    /// <summary>Writes in one transaction that is on disk when this returns. Blocks.</summary>
    /// <exception cref="StoreException">The disk is full, the database is locked, broken or not reached; nothing was written.</exception>
    public void Write(Action<Connection> write) => Write(isRelaxed: false, connection =>
    {
        write(connection);
        return true;
    });

    /// <summary>Writes in one transaction that is on disk when this returns. Blocks.</summary>
    /// <exception cref="StoreException">The disk is full, the database is locked, broken or not reached; nothing was written.</exception>
    public T Write<T>(Func<Connection, T> write) => Write(isRelaxed: false, write);

    /// <summary>
    /// Writes in one transaction without waiting for the disk: it survives the end of the process, but may be lost in a power
    /// cut. For data that may be repeated or late. Blocks.
    /// </summary>
    /// <exception cref="StoreException">The disk is full, the database is locked, broken or not reached; nothing was written.</exception>
    public T WriteRelaxed<T>(Func<Connection, T> write) => Write(isRelaxed: true, write);

    /// <summary>
    /// Checks that the database is still the one that was opened, and after a failed write that it can be written again. Blocks.
    /// </summary>
    /// <exception cref="StoreException">What is wrong, and what to do.</exception>
    public void Check()
    {
        _engine.CheckIdentity();

        if (_trouble is not { } trouble)
            return;

        if (!_engine.MayHaveEnded(trouble))
            throw trouble;

        CheckWritable();
    }

    public void Dispose()
    {
        _readers.Dispose();
        _writer.Dispose();
        _engine.Dispose();
    }

    private T Write<T>(bool isRelaxed, Func<Connection, T> write)
    {
        lock (_gate)
        {
            if (_writer.IsBroken)
                Reopen();

            if (_isRelaxed != isRelaxed)
            {
                _engine.SetRelaxed(_writer, isRelaxed);
                _isRelaxed = isRelaxed;
            }

            _engine.CheckIdentity();
            try
            {
                var result = _writer.Transact(write);
                _trouble = null;
                return result;
            }
            catch (StoreException e) when (e.Error is StoreError.Full or StoreError.NotWritable or StoreError.Unavailable or StoreError.Corrupt)
            {
                _trouble = e;
                throw;
            }
        }
    }

    /// <summary>Replaces the connection that writes, after it broke. Nobody else has written meanwhile, unless another server took the database.</summary>
    /// <exception cref="StoreException">The database is still not reached, or another server uses it now.</exception>
    private void Reopen()
    {
        try
        {
            var writer = _engine.OpenWriter();
            _writer.Dispose();
            _writer = writer;
            _isRelaxed = null;
        }
        catch (Hosting.StartupException e)
        {
            throw new StoreException(StoreError.Unavailable, e.Message, e);
        }
    }
}
