using System.Net.Sockets;
using System.Text;

namespace WgFleet.WireGuard.Tests.Uapi;

/// <summary>A UAPI server on a socket in its own directory; each test says how it serves a connection.</summary>
internal sealed class FakeUapi : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = System.IO.Directory.CreateTempSubdirectory("wg-uapi-");
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Task _serving;

    /// <param name="serve">Serves a connection, which is closed when the function returns.</param>
    public FakeUapi(Func<Connection, Task> serve)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(Directory, Interface + ".sock")));
        _listener.Listen();
        _serving = ServeAsync(serve);
    }

    public static string Interface => "wg_fake";

    public string Directory => _directory.FullName;

    /// <summary>The number of connections so far.</summary>
    public int Connections { get; private set; }

    /// <summary>Stops accepting connections; existing ones stay.</summary>
    public void StopListening() => _listener.Dispose();

    /// <summary>Stops the server; throws what a connection's function threw.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        try
        {
            await _serving;
        }
        finally
        {
            _directory.Delete(recursive: true);
            _stop.Dispose();
        }
    }

    private async Task ServeAsync(Func<Connection, Task> serve)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeOneAsync(serve, await _listener.AcceptAsync(_stop.Token), ++Connections));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeOneAsync(Func<Connection, Task> serve, Socket socket, int number)
    {
        using (socket)
        {
            try
            {
                await serve(new Connection(socket, number, _stop.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The test is over, or the client has closed the connection; the test checks what that means.
            }
        }
    }

    internal sealed class Connection(Socket socket, int number, CancellationToken stop)
    {
        /// <summary>The number of the connection, from 1.</summary>
        public int Number => number;

        public CancellationToken Stop => stop;

        /// <summary>The number of bytes that arrived and are not read yet.</summary>
        public int Unread => socket.Available;

        /// <summary>Reads a request up to its empty line; null if the client has closed the connection.</summary>
        public async Task<string?> ReadAsync()
        {
            var request = new StringBuilder();
            var buffer = new byte[1];
            while (request.Length < 2 || request[^1] != '\n' || request[^2] != '\n')
            {
                if (await socket.ReceiveAsync(buffer, SocketFlags.None, stop) == 0)
                    return null;

                request.Append((char)buffer[0]);
            }

            return request.ToString();
        }

        /// <summary>Reads exactly this many bytes.</summary>
        public async Task ReadAsync(int bytes)
        {
            var buffer = new byte[bytes];
            for (var read = 0; read < bytes;)
                read += await socket.ReceiveAsync(buffer.AsMemory(read), SocketFlags.None, stop);
        }

        public async Task WriteAsync(string text) => await socket.SendAsync(Encoding.ASCII.GetBytes(text), SocketFlags.None, stop);
    }
}
