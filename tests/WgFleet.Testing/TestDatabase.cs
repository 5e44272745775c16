using Microsoft.Extensions.Logging;
using Npgsql;
using WgFleet.Store.Engine;
using WgFleet.Store.Postgres;
using WgFleet.Store.Sqlite;

namespace WgFleet.Testing;

/// <summary>A new database for one test, of either engine, which a test opens as a server does and changes behind the server's back.</summary>
internal sealed class TestDatabase : IDisposable
{
    private readonly Folder? _folder;
    private readonly string _name;

    public TestDatabase(TestEngine engine)
    {
        _folder = engine == TestEngine.Sqlite ? new Folder() : null;
        _name = _folder?.File("clients.db") ?? PostgresServer.Shared.CreateDatabase();
    }

    /// <summary>Opens it for the only server that may use it.</summary>
    public Database Open(ILogger? log = null)
    {
        log ??= new CollectedLog().CreateLogger("store");
        return _folder is null ? PostgresDatabase.Open(PostgresServer.Shared.ConnectionString(_name), log) : SqliteDatabase.Open(_name, log, busySeconds: 1);
    }

    /// <summary>Every row of a query, with its columns joined by bars. Uses a separate connection.</summary>
    public IReadOnlyList<string> Rows(string sql)
    {
        if (_folder is not null)
            return Some.Rows(_name, sql);

        using var source = new NpgsqlConnection(PostgresServer.Shared.ConnectionString(_name));
        source.Open();
        using var command = new NpgsqlCommand(sql, source);
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "NULL" : reader.GetValue(i).ToString())));

        return rows;
    }

    /// <summary>Runs statements on a separate connection.</summary>
    public void Execute(string sql)
    {
        if (_folder is not null)
            Some.Execute(_name, sql);
        else
            Rows(sql);
    }

    public void Dispose()
    {
        if (_folder is not null)
            _folder.Dispose();
        else
            PostgresServer.Shared.DropDatabase(_name);
    }
}
