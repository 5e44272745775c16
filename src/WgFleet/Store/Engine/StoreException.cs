using System.Data.Common;

namespace WgFleet.Store.Engine;

/// <summary>A statement or transaction failed. Nothing of the transaction was written, unless the error is <see cref="StoreError.InDoubt"/>.</summary>
internal sealed class StoreException(StoreError error, string message, Exception? inner = null) : DbException(message, inner)
{
    /// <summary>The kind of error, independent of the database engine.</summary>
    public StoreError Error { get; } = error;
}

/// <summary>Kinds of database errors that callers can act on.</summary>
internal enum StoreError
{
    /// <summary>Anything else, such as a statement that does not fit the schema.</summary>
    Failed,

    /// <summary>Another row has a value that only one row may have. With SQLite the transaction goes on, with PostgreSQL it has failed.</summary>
    Unique,

    /// <summary>Another program has locked the file, or the rows, for longer than the time limit.</summary>
    Busy,

    /// <summary>The disk is full.</summary>
    Full,

    /// <summary>The database may not be opened or written: owner, mode or file system, or user.</summary>
    NotWritable,

    /// <summary>The database server takes no changes, such as a standby.</summary>
    ReadOnly,

    /// <summary>The database is damaged, or the file is not one.</summary>
    Corrupt,

    /// <summary>The disk, the file or the database server is gone.</summary>
    Unavailable,

    /// <summary>The connection broke during the commit: all of the transaction was written, or nothing.</summary>
    InDoubt,

    /// <summary>This gateway does not hold the lease on the database, so that another one may write.</summary>
    NoLease,

    /// <summary>A read took longer than its time limit, and was ended.</summary>
    TimedOut,
}
