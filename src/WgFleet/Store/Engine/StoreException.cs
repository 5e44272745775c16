using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace WgFleet.Store.Engine;

/// <summary>A statement or transaction failed. Nothing of the transaction was written.</summary>
internal sealed class StoreException(StoreError error, string message, Exception? inner = null) : DbException(message, inner)
{
    /// <summary>The kind of error, independent of the database engine.</summary>
    public StoreError Error { get; } = error;

    /// <summary>Translates SQLite's result codes (https://www.sqlite.org/rescode.html).</summary>
    internal static StoreException From(SqliteException e) => new(
        (e.SqliteErrorCode, e.SqliteExtendedErrorCode) switch
        {
            (_, 1555 or 2067 or 2579) => StoreError.Unique,
            (5 or 6, _) => StoreError.Busy,
            (9, _) => StoreError.TimedOut,
            (13, _) => StoreError.Full,
            (11 or 26, _) => StoreError.Corrupt,
            (3 or 8 or 14 or 23, _) => StoreError.NotWritable,
            (10 or 22, _) => StoreError.Unavailable,
            _ => StoreError.Failed,
        },
        e.Message,
        e);
}

/// <summary>Kinds of database errors that callers can act on.</summary>
internal enum StoreError
{
    /// <summary>Anything else, such as a statement that does not fit the schema.</summary>
    Failed,

    /// <summary>Another row has a value that only one row may have. The transaction goes on.</summary>
    Unique,

    /// <summary>Another program has locked the file for longer than the time limit.</summary>
    Busy,

    /// <summary>The disk is full.</summary>
    Full,

    /// <summary>The file may not be opened or written: owner, mode or file system.</summary>
    NotWritable,

    /// <summary>The file is damaged, or not a database.</summary>
    Corrupt,

    /// <summary>The disk or the file is gone.</summary>
    Unavailable,

    /// <summary>A read took longer than its time limit, and was ended.</summary>
    TimedOut,
}
