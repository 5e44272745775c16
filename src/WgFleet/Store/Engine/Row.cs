using System.Data.Common;

namespace WgFleet.Store.Engine;

/// <summary>One row of an answer; valid only while it is being read.</summary>
internal readonly struct Row(DbDataReader reader, Dialect dialect)
{
    /// <summary>The value of a column, counted from 0.</summary>
    public Field this[int column] => new(reader, dialect, column);
}

/// <summary>One value of a row. Reading it as something that it is not throws <see cref="FormatException"/> or <see cref="InvalidCastException"/>.</summary>
internal readonly struct Field(DbDataReader reader, Dialect dialect, int column)
{
    public bool IsNull => reader.IsDBNull(column);

    /// <summary>The value as the engine has it, such as a time or its text; null if there is none.</summary>
    public object? Value => IsNull ? null : reader.GetValue(column);

    public string Text => reader.GetString(column);

    public string? TextOrNull => IsNull ? null : reader.GetString(column);

    public long Number => reader.GetInt64(column);

    public long? NumberOrNull => IsNull ? null : reader.GetInt64(column);

    public bool Bool => reader.GetBoolean(column);

    public DateTime Utc => dialect.ReadTime(reader, column);

    public DateTime? UtcOrNull => IsNull ? null : Utc;

    public DateTimeOffset Time => new(Utc, TimeSpan.Zero);

    public DateTimeOffset? TimeOrNull => IsNull ? null : Time;
}
