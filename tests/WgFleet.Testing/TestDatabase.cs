using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;
using WgFleet.Store.Engine;
using WgFleet.Store.Postgres;
using WgFleet.Store.Sqlite;

namespace WgFleet.Testing;

/// <summary>A database for one test, of either engine, which a test opens as a server does and changes behind the server's back.</summary>
internal sealed class TestDatabase : IDisposable
{
    private readonly Folder? _folder;
    private readonly string? _path;
    private readonly string _name = "";

    public TestDatabase(TestEngine engine)
    {
        if (engine == TestEngine.Sqlite)
            _path = (_folder = new Folder()).File("clients.db");
        else
            _name = PostgresServer.Shared.CreateDatabase();
    }

    /// <summary>The same, with SQLite at a path whose directory the test disposes of.</summary>
    public TestDatabase(TestEngine engine, string path)
    {
        if (engine == TestEngine.Sqlite)
            _path = path;
        else
            _name = PostgresServer.Shared.CreateDatabase();
    }

    /// <summary>The network through which a server reaches the database from its next start on; null for none.</summary>
    public PostgresProxy? Proxy { get; set; }

    /// <summary>Opens it for the only server that may use it.</summary>
    public Database Open(ILogger? log = null)
    {
        log ??= new CollectedLog().CreateLogger("store");
        return _path is null ? PostgresDatabase.Open(PostgresServer.Shared.ConnectionString(_name, Proxy?.Host), log) : SqliteDatabase.Open(_path, log, busySeconds: 1);
    }

    /// <summary>Opens it for one of several gateways; only with PostgreSQL.</summary>
    public SharedDatabase OpenShared(string gateway, TimeProvider? time = null, TimeSpan? lease = null) =>
        new(PostgresServer.Shared.ConnectionString(_name, Proxy?.Host), gateway, time, lease);

    /// <summary>The connection string; only with PostgreSQL.</summary>
    public string ConnectionString => PostgresServer.Shared.ConnectionString(_name, Proxy?.Host);

    /// <summary>Opens it to copy it.</summary>
    public HeldConnection Hold() => _path is null ? PostgresDatabase.Hold(PostgresServer.Shared.ConnectionString(_name, Proxy?.Host)) : SqliteDatabase.Hold(_path);

    /// <summary>Every row of a query, with its columns joined by bars. Uses a separate connection.</summary>
    public IReadOnlyList<string> Rows(string sql)
    {
        if (_path is not null)
            return Some.Rows(_path, sql);

        using var connection = Connect();
        using var command = new NpgsqlCommand(sql, connection);
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => Text(reader.GetValue(i)))));

        return rows;
    }

    /// <summary>Runs statements on a separate connection.</summary>
    public void Execute(string sql)
    {
        if (_path is not null)
        {
            Some.Execute(_path, sql);
            return;
        }

        using var connection = Connect();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>The names of all tables, in order, without those of the engine.</summary>
    public IReadOnlyList<string> Tables() => [.. Rows(_path is not null
        ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        : "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").Order(StringComparer.Ordinal)];

    /// <summary>The names of all columns of a table, in order.</summary>
    public IReadOnlyList<string> Columns(string table) => [.. Rows(_path is not null
        ? $"SELECT name FROM pragma_table_info('{table}')"
        : $"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped").Order(StringComparer.Ordinal)];

    /// <summary>Lets every change of a kind fail, such as "INSERT ON events" or "UPDATE OF online_since ON clients", until <see cref="Allow"/>.</summary>
    public void Refuse(string change, string message) => Execute(_path is not null
        ? $"CREATE TRIGGER trouble BEFORE {change} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        : $"""
            CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{message}'; END $$;
            CREATE TRIGGER trouble BEFORE {change} FOR EACH ROW EXECUTE FUNCTION trouble()
            """);

    /// <summary>Ends what <see cref="Refuse"/> has begun.</summary>
    public void Allow() => Execute(_path is not null ? "DROP TRIGGER trouble" : "DROP FUNCTION trouble() CASCADE");

    /// <summary>All that is stored, also what SQLite has in its log: bytes as Latin-1 characters, or the rows of all tables.</summary>
    public string Everything()
    {
        if (_path is null)
        {
            return string.Join('\n', Tables().SelectMany(table => Rows($"SELECT CAST(t AS text) FROM {table} t")));
        }

        var text = new StringBuilder();
        foreach (var file in new[] { _path, _path + "-wal" }.Where(File.Exists))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            text.Append(reader.ReadToEnd());
        }

        return text.ToString();
    }

    public void Dispose()
    {
        _folder?.Dispose();
        if (_path is null)
            PostgresServer.Shared.DropDatabase(_name);
    }

    private static string? Text(object value) => value switch
    {
        DBNull => "NULL",
        DateTime time => UtcText.Write(time.ToUniversalTime()),
        bool yes => yes ? "1" : "0",
        _ => value.ToString(),
    };

    private NpgsqlConnection Connect()
    {
        var connection = new NpgsqlConnection(PostgresServer.Shared.ConnectionString(_name));
        connection.Open();
        return connection;
    }
}
