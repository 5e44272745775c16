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
        exec $run "$bin/postgres" -D "$1/data" -k "$1" -h "" -c fsync=off
        """;

    private readonly Machine _machine;

    private Postgres(Machine machine)
    {
        _machine = machine;
        Host = "/run/postgresql-of-the-test";
        machine.Start(["sh", "-c", Script, "postgres", Host]);
    }

    /// <summary>The directory of the socket.</summary>
    public string Host { get; }

    public static async Task<Postgres> StartAsync(Machine machine)
    {
        var server = new Postgres(machine);
        await Deadline.UntilAsync("PostgreSQL answers", async () => (await machine.TryRunAsync("psql", "-h", server.Host, "-U", "postgres", "-c", "SELECT 1")).ExitCode == 0);
        return server;
    }

    public Task CreateDatabaseAsync(string name) => _machine.RunAsync("createdb", "-h", Host, "-U", "postgres", name);
}
