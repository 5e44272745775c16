using System.Globalization;
using Microsoft.Data.Sqlite;

namespace WgFleet.Benchmarks.Limits;

/// <summary>The minimum for a durable row: one table, statements prepared once, a write-ahead log, every commit synced to disk.</summary>
internal sealed class LimitStore : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _rename;
    private readonly SqliteCommand _delete;
    private long _lastId;

    public LimitStore(string path)
    {
        _connection = new SqliteConnection($"Data Source={path};Pooling=False");
        _connection.Open();
        foreach (var sql in new[]
        {
            "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
            "CREATE TABLE clients (id INTEGER PRIMARY KEY, public_key TEXT NOT NULL, address TEXT NOT NULL UNIQUE, hostname TEXT UNIQUE)",
        })
        {
            using var command = Command(sql);
            command.ExecuteNonQuery();
        }

        _begin = Command("BEGIN IMMEDIATE");
        _commit = Command("COMMIT");
        _insert = Command("INSERT INTO clients (id, public_key, address) VALUES ($id, $key, $address)", "$id", "$key", "$address");
        _rename = Command("UPDATE clients SET hostname = $name WHERE id = $id", "$name", "$id");
        _delete = Command("DELETE FROM clients WHERE id <= $id", "$id");
    }

    public void Begin() => _begin.ExecuteNonQuery();

    /// <summary>Commits, and returns when the commit is on disk.</summary>
    public void Commit() => _commit.ExecuteNonQuery();

    public long Insert(string key)
    {
        var id = ++_lastId;
        Run(_insert, id, key, string.Create(CultureInfo.InvariantCulture, $"fd00:bf::1:{id >> 16:x}:{id & 0xffff:x}"));
        return id;
    }

    public void Rename(long id, string name) => Run(_rename, name, id);

    /// <summary>All rows so far.</summary>
    public void DeleteAll() => Run(_delete, _lastId);

    public void Dispose() => _connection.Dispose();

    private static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];

        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params string[] parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // The statements are the constants above.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var parameter in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = parameter });

        return command;
    }
}
