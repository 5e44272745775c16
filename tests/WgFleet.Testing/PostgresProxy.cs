using System.Net.Sockets;
using System.Text;

namespace WgFleet.Testing;

/// <summary>A network between a server and the PostgreSQL of the tests, which breaks around a commit: as a unix socket in a directory of its own.</summary>
internal sealed class PostgresProxy : IDisposable
{
    private const string Name = ".s.PGSQL.5432";

    private readonly Folder _folder = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _server;
    private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile BrokenCommit _next;

    /// <param name="server">The directory with PostgreSQL's socket.</param>
    public PostgresProxy(string server)
    {
        _server = Path.Combine(server, Name);
        _listener.Bind(new UnixDomainSocketEndPoint(_folder.File(Name)));
        _listener.Listen();
        _ = AcceptAsync();
    }

    /// <summary>The directory with this socket, for a connection string.</summary>
    public string Host => _folder.Path;

    /// <summary>Whether new connections are closed at once.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Ends when a new connection was closed at once.</summary>
    public Task Refused => _refused.Task;

    /// <summary>The major version that PostgreSQL is made to say, of two digits; null for its own.</summary>
    public string? Version { get; init; }

    /// <summary>Breaks the next connection that commits.</summary>
    public void BreakNext(BrokenCommit when) => _next = when;

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    /// <summary>Says whether data goes on; it may be changed.</summary>
    private delegate bool Passes(Span<byte> data);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = RelayAsync(await _listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var _ = client;
        if (IsClosed)
        {
            _refused.TrySetResult();
            return;
        }

        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await server.ConnectAsync(new UnixDomainSocketEndPoint(_server));
        var isLost = false;

        // One that ends takes the other with it, when both sockets are closed.
        await Task.WhenAny(
            CopyAsync(client, server, data =>
            {
                if (_next == BrokenCommit.None || data.IndexOf("COMMIT\0"u8) < 0)
                    return true;

                isLost = _next == BrokenCommit.After;
                _next = BrokenCommit.None;
                return isLost;
            }),
            CopyAsync(server, client, data =>
            {
                if (Version is { } version && data.IndexOf("server_version\0"u8) is >= 0 and var at)
                    Encoding.ASCII.GetBytes(version, data[(at + "server_version\0".Length)..]);

                return !isLost;
            }));
    }

    private static async Task CopyAsync(Socket from, Socket to, Passes passes)
    {
        try
        {
            var buffer = new byte[65536];
            while (await from.ReceiveAsync(buffer) is > 0 and var count && passes(buffer.AsSpan(0, count)))
                await to.SendAsync(buffer.AsMemory(0, count));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other direction has ended.
        }
    }
}

/// <summary>What happens to a commit.</summary>
public enum BrokenCommit
{
    None,

    /// <summary>The server does not get it.</summary>
    Before,

    /// <summary>The server has done it, and its answer is lost.</summary>
    After,
}
