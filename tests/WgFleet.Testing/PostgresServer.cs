using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WgFleet.Store.Postgres;

namespace WgFleet.Testing;

/// <summary>
/// Debian's PostgreSQL in a directory of its own, on a unix socket, for all tests of a run: it starts with the first test that needs it. It ends when the
/// test program does, however that ends, since then its standard input is closed.
/// </summary>
internal sealed class PostgresServer
{
    private const string Script =
        """
        trap '' INT TERM HUP
        bin=$1
        folder=$(mktemp -d /tmp/wg-fleet-postgres.XXXXXX)
        finish() { "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1; rm -rf "$folder"; }
        start() { "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 300 -o "-k $folder -h '' -c fsync=$1 -c full_page_writes=$1 -c max_connections=300 -c shared_buffers=64MB -c wal_level=$2 -c max_wal_senders=0 -c restore_command=false" start >>"$folder/log" 2>&1 </dev/null; }
        if "$bin/initdb" -D "$folder/data" -U postgres -A trust --no-sync -E UTF8 --locale=C >"$folder/log" 2>&1 && start "$2" "$3"
        then
            echo "$folder"
            while read -r _
            do
                "$bin/pg_ctl" -D "$folder/data" -m fast -w stop >/dev/null 2>&1
                touch "$folder/data/recovery.signal"
                start "$2" "$3" && echo promoted
            done
        else
            cat "$folder/log"
        fi
        finish
        """;

    private const string Template = "of_this_version";

    private static readonly Lazy<PostgresServer> One = new(() => new PostgresServer());

    // Its standard input stays open as long as this program lives.
    private readonly Process _process;
    private readonly string _folder;
    private int _last;

    /// <param name="isDurable">Whether a commit waits for the disk, as in production; tests do not need that.</param>
    /// <param name="canPromote">Whether <see cref="Promote"/> works.</param>
    public PostgresServer(bool isDurable = false, bool canPromote = false)
    {
        _process = Process.Start(Start(isDurable, canPromote))!;
        _folder = _process.StandardOutput.ReadLine() ?? "";
        if (!Directory.Exists(_folder))
            throw new InvalidOperationException($"PostgreSQL does not start: {_folder}\n{_process.StandardOutput.ReadToEnd()}");

        Execute($"CREATE DATABASE {Template}");
        PostgresDatabase.Open(ConnectionString(Template), NullLogger.Instance).Dispose();
    }

    public static PostgresServer Shared => One.Value;

    /// <summary>Makes a database with the tables of this version and nothing in them; returns its name.</summary>
    public string CreateDatabase()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _last)}");
        Execute($"CREATE DATABASE {name} TEMPLATE {Template}");
        return name;
    }

    public void DropDatabase(string name) => Execute($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");

    /// <summary>The directory with its socket.</summary>
    public string Host => _folder;

    /// <param name="database">The database.</param>
    /// <param name="host">Where it is reached; null for its own socket.</param>
    public string ConnectionString(string database, string? host = null) => $"Host={host ?? _folder};Username=postgres;Database={database};Pooling=false;Timeout=60;Command Timeout=60";

    /// <summary>Makes a user who needs a password.</summary>
    public void RequirePassword(string user, string password)
    {
        lock (this)
        {
            var file = Path.Combine(_folder, "data", "pg_hba.conf");
            var rule = $"local all {user} scram-sha-256\n";
            var rules = File.ReadAllText(file);
            if (!rules.StartsWith(rule, StringComparison.Ordinal))
                File.WriteAllText(file, rule + rules);

            Execute($"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{user}') THEN CREATE ROLE {user} LOGIN PASSWORD '{password}'; END IF; END $$");
            Execute("SELECT pg_reload_conf()");
        }
    }

    /// <summary>Starts it again as a standby that takes over does: with the same rows, on the next timeline.</summary>
    public void Promote()
    {
        _process.StandardInput.WriteLine("promote");
        _process.StandardInput.Flush();
        if (_process.StandardOutput.ReadLine() != "promoted")
            throw new InvalidOperationException("PostgreSQL does not start again");
    }

    /// <summary>Ends it.</summary>
    public void Stop()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
    }

    private void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private static ProcessStartInfo Start(bool isDurable, bool canPromote)
    {
        var version = Directory.EnumerateDirectories("/usr/lib/postgresql").MaxBy(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))
            ?? throw new InvalidOperationException("install postgresql, which ./test does");
        string[] command = ["sh", "-c", Script, "postgres", Path.Combine(version, "bin"), isDurable ? "on" : "off", canPromote ? "replica" : "minimal"];

        // PostgreSQL does not run as root.
        if (Environment.UserName == "root")
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", .. command];

        return new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
    }
}
