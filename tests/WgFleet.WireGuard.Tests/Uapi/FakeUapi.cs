using System.Net.Sockets;
using System.Text;

namespace WgFleet.WireGuard.Tests.Uapi;

/// <summary>A UAPI server on a socket in a folder of its own, whose behaviour a test writes down connection by connection.</summary>
internal sealed class FakeUapi : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = System.IO.Directory.CreateTempSubdirectory("wg-uapi-");
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Task _serving;

    /// <param name="serve">Serves a connection; it is closed when this returns.</param>
    public FakeUapi(Func<Connection, Task> serve)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(Directory, Interface + ".sock")));
        _listener.Listen();
        _serving = ServeAsync(serve);
    }

    public static string Interface => "wg_fake";

    public string Directory => _directory.FullName;

    /// <summary>How many connections there have been.</summary>
    public int Connections { get; private set; }

    /// <summary>Takes the socket away; connections stay.</summary>
    public void StopListening() => _listener.Dispose();

    /// <summary>Stops, and fails if a connection was not served as written.</summary>
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
                // The test is over, or the client has hung up: what it should do at that moment is for the test to say.
            }
        }
    }

    internal sealed class Connection(Socket socket, int number, CancellationToken stop)
    {
        /// <summary>1 for the first one.</summary>
        public int Number => number;

        public CancellationToken Stop => stop;

        /// <summary>Bytes that came beyond what was read.</summary>
        public int Unread => socket.Available;

        /// <summary>Reads up to the empty line that ends a request; null when the client has hung up.</summary>
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

        /// <summary>Reads so many bytes and no more.</summary>
        public async Task ReadAsync(int bytes)
        {
            var buffer = new byte[bytes];
            for (var read = 0; read < bytes;)
                read += await socket.ReceiveAsync(buffer.AsMemory(read), SocketFlags.None, stop);
        }

        public async Task WriteAsync(string text) => await socket.SendAsync(Encoding.ASCII.GetBytes(text), SocketFlags.None, stop);
    }
}
