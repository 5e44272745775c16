using System.Globalization;

namespace WgFleet.Store.Engine;

/// <summary>One column of a table, with functions that write it from a record and read it into one.</summary>
internal sealed record Column<T>(string Name, Func<T, object?> Write, Func<T, Field, T> Read)
{
    /// <summary>The column for records that derive from <typeparamref name="T"/>.</summary>
    public Column<THeir> Of<THeir>()
        where THeir : T => new(Name, record => Write(record), (record, field) => (THeir)Read(record, field)!);
}

/// <summary>The columns of a table, in one order for everything: selects, inserts, reading and writing.</summary>
internal sealed class Columns<T>(params IReadOnlyList<Column<T>> columns)
{
    /// <summary>The names, as a select or an insert lists them.</summary>
    public string Names { get; } = string.Join(", ", columns.Select(c => c.Name));

    /// <summary>As many parameters: $1, $2 and so on.</summary>
    public string Parameters { get; } = string.Join(", ", columns.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"${i + 1}")));

    /// <summary>The values of a record, one for each parameter.</summary>
    public object?[] Values(T record)
    {
        var values = new object?[columns.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = columns[i].Write(record);

        return values;
    }

    /// <summary>Fills a record from a row that was selected by <see cref="Names"/>.</summary>
    /// <exception cref="FormatException">A value is invalid for its column.</exception>
    public T Read(T empty, Row row)
    {
        var record = empty;
        for (var i = 0; i < columns.Count; i++)
            record = columns[i].Read(record, row[i]);

        return record;
    }
}
