using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace WgFleet.Store.Engine;

/// <summary>The database did not do what it was asked. Nothing of the transaction was written.</summary>
internal sealed class StoreException(StoreError error, string message, Exception? inner = null) : DbException(message, inner)
{
    /// <summary>What kind of trouble it is, whatever the engine calls it.</summary>
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

/// <summary>Kinds of trouble with the database that callers can act on.</summary>
internal enum StoreError
{
    /// <summary>Anything else, such as a statement that does not fit the schema.</summary>
    Failed,

    /// <summary>Another row has a value that only one row may have. The transaction goes on.</summary>
    Unique,

    /// <summary>Another program has locked the file for longer than we wait.</summary>
    Busy,

    /// <summary>The disk is full.</summary>
    Full,

    /// <summary>The file may not be opened or written: owner, mode or file system.</summary>
    NotWritable,

    /// <summary>The file is damaged, or no database.</summary>
    Corrupt,

    /// <summary>The disk or the file is gone.</summary>
    Unavailable,

    /// <summary>A read took longer than it may, and was ended.</summary>
    TimedOut,
}
