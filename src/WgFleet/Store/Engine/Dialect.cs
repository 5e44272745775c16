using System.Data.Common;

namespace WgFleet.Store.Engine;

/// <summary>The few words of SQL that the engines do not share, and how their answers are read. Everything else in Store/ is one text for both.</summary>
internal abstract class Dialect
{
    /// <summary>Copies the whole database as this connection sees it into the empty file $1; null if the database is not a file of this machine.</summary>
    public abstract string? CopyInto { get; }

    /// <summary>The highest event number ever given, also if its row is gone.</summary>
    public abstract string LastSequence { get; }

    /// <summary>Saves the highest event number that was given, $1; null if the engine does that by itself.</summary>
    public abstract string? SetLastSequence { get; }

    /// <summary>Whether a statement that fails, such as for a value that must be unique, ends its transaction.</summary>
    public abstract bool ErrorEndsTransaction { get; }

    /// <summary>
    /// Marks the current transaction as the last one that wrote, and returns the mark, a number; null if the outcome of a commit is always known.
    /// </summary>
    public abstract string? Mark { get; }

    /// <summary>The mark of the last transaction that was committed with one; null as for <see cref="Mark"/>.</summary>
    public abstract string? LastMark { get; }

    /// <summary>Counts the tables with the name $1.</summary>
    public abstract string CountTables { get; }

    /// <summary>The columns of the table $1 in their order, without those whose values the engine gives by itself.</summary>
    public abstract string ColumnsOf { get; }

    /// <summary>Creates the table schema_migrations unless it is there.</summary>
    public abstract string CreateSchemaMigrations { get; }

    /// <summary>Writes something that changes nothing but takes room on the disk, in the current transaction.</summary>
    public abstract void TryToWrite(Connection connection);

    /// <summary>Does what an engine needs after its empty tables got the rows of another database, in the current transaction.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="tables">The tables.</param>
    /// <param name="lastSequence">The highest event number that was given.</param>
    public abstract void EndCopy(Connection connection, IEnumerable<string> tables, long lastSequence);

    /// <summary>The texts of a JSON list (<see cref="JsonList"/>), as a table in a FROM clause with the column "value".</summary>
    /// <param name="parameter">The parameter with the list, such as $1.</param>
    public abstract string Each(string parameter);

    /// <summary>The texts of a JSON object (<see cref="JsonList"/>), as a table in a FROM clause with the columns "key" and "value".</summary>
    /// <param name="parameter">The parameter with the object, such as $1.</param>
    public abstract string EachPair(string parameter);

    /// <summary>
    /// The columns one, seq and client of the latest events of each text of a JSON list, $1: of each text, "one", the last $2 that match a condition. The
    /// condition has an index whose entries are in the order of event numbers, and no more of them are read.
    /// </summary>
    public abstract string LatestOfEach(string condition);

    /// <summary>A text inside the JSON of an event; null if it is not there. The indexes of events are on exactly these expressions.</summary>
    /// <param name="path">Its place, such as client.ip.</param>
    public abstract string OfEvent(string path);

    /// <summary>Whether the JSON of an event contains a text, whatever its place.</summary>
    public abstract string EventContains(string parameter);

    /// <summary>Reads a time.</summary>
    /// <exception cref="FormatException">The value is not a time.</exception>
    public abstract DateTime ReadTime(DbDataReader reader, int column);

    /// <summary>What an error of the engine's client library means.</summary>
    public abstract StoreException Translate(DbException e);
}
