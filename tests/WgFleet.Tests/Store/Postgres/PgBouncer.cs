using System.Diagnostics;
using System.Net.Sockets;
using WgFleet.Testing;

namespace WgFleet.Tests.Store.Postgres;

/// <summary>Debian's PgBouncer in front of a PostgreSQL, on a unix socket in a directory of its own.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly Folder _folder = new();
    private readonly Process _process;

    private PgBouncer(string server, string mode)
    {
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_111_111);
        var settings = _folder.File("pgbouncer.ini");
        File.WriteAllText(settings, $"""
            [databases]
            * = host={server} port=5432 user=postgres
            [pgbouncer]
            listen_addr =
            unix_socket_dir = {_folder.Path}
            auth_type = any
            pool_mode = {mode}
            logfile = {_folder.File("log")}

            """);

        // It does not run as root, and it ends when this program does.
        string[] asPostgres = Environment.UserName == "root" ? ["--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
        _process = Process.Start(new ProcessStartInfo("setpriv", [.. asPostgres, "--pdeathsig=KILL", "/usr/sbin/pgbouncer", "-q", settings]) { WorkingDirectory = "/" })!;
    }

    public string Host => _folder.Path;

    public static async Task<PgBouncer> StartAsync(string server, string mode)
    {
        var pooler = new PgBouncer(server, mode);
        await Eventually.True(() => pooler._process.HasExited || pooler.Answers());
        pooler._process.HasExited.ShouldBeFalse(File.Exists(pooler._folder.File("log")) ? File.ReadAllText(pooler._folder.File("log")) : "it has ended");
        return pooler;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private bool Answers()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(_folder.File(".s.PGSQL.6432")));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
