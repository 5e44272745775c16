namespace WgFleet.SystemTests.Harness;

/// <summary>Debian's PostgreSQL on a machine, on a unix socket in a directory of its own on the machine's disk. Ends with the machine.</summary>
internal sealed class Postgres
{
    private const string Script =
        """
        set -e
        bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
        mkdir "$1"
        chown postgres "$1"
        cd "$1"
        run="setpriv --reuid=postgres --regid=postgres --clear-groups"
        $run "$bin/initdb" -D "$1/data" -A trust --no-sync -E UTF8 --locale=C >/dev/null
        echo "host all all 10.201.0.0/16 trust" >>"$1/data/pg_hba.conf"
        exec $run "$bin/postgres" -D "$1/data" -k "$1" -h "$2" -c fsync=off
        """;

    private readonly Machine _machine;

    private Postgres(Machine machine, string listen)
    {
        _machine = machine;
        Host = "/run/postgresql-of-the-test";
        machine.Start(["sh", "-c", Script, "postgres", Host, listen]);
    }

    /// <summary>The directory of the socket.</summary>
    public string Host { get; }

    /// <param name="machine">The machine.</param>
    /// <param name="listen">The address for other machines; none by default.</param>
    public static async Task<Postgres> StartAsync(Machine machine, string listen = "")
    {
        var server = new Postgres(machine, listen);
        await Deadline.UntilAsync("PostgreSQL answers", async () => (await machine.TryRunAsync("psql", "-h", server.Host, "-U", "postgres", "-c", "SELECT 1")).ExitCode == 0);
        return server;
    }

    /// <summary>The rows of a query, as lines with bars between the columns.</summary>
    public async Task<string[]> RowsAsync(string database, string query) =>
        (await _machine.RunAsync("psql", "-h", Host, "-U", "postgres", "-At", "-c", query, database)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public Task CreateDatabaseAsync(string name) => _machine.RunAsync("createdb", "-h", Host, "-U", "postgres", name);
}
