using System.Globalization;
using Microsoft.Data.Sqlite;

namespace WgFleet.Store;

/// <summary>One SQL statement that is prepared at its first use and kept; its parameters are $1, $2 and so on.</summary>
internal sealed class Statement(SqliteConnection connection, string sql) : IDisposable
{
    private SqliteCommand? _command;

    /// <summary>Executes it; returns how many rows it changed.</summary>
    /// <param name="values">Numbers, texts and nulls, one for each parameter.</param>
    public int Run(params ReadOnlySpan<object?> values)
    {
        var command = _command ??= Prepare(values.Length);
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;

        return command.ExecuteNonQuery();
    }

    public void Dispose() => _command?.Dispose();

    private SqliteCommand Prepare(int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++)
            command.Parameters.Add(new SqliteParameter { ParameterName = "$" + i.ToString(CultureInfo.InvariantCulture) });

        return command;
    }
}
