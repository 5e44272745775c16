using System.Net;
using System.Net.Sockets;

namespace WgFleet.Benchmarks.Load;

/// <summary>
/// One persistent HTTP/1.1 connection that sends prepared requests, one at a time: the cheapest client possible,
/// so that the server is measured and not the client.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket;
    private byte[] _buffer = new byte[2048];
    private int _filled;

    private HttpConnection(Socket socket) => _socket = socket;

    /// <summary>Connects; blocks until the connection is made.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static HttpConnection Open(IPEndPoint to)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(to);
            return new HttpConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of the last answer, head and body.</summary>
    public int AnswerLength => _filled;

    /// <summary>Sends a request and waits for the whole answer; returns its status.</summary>
    /// <exception cref="IOException">The connection ended before the answer did.</exception>
    public async ValueTask<int> SendAsync(byte[] request, CancellationToken cancellationToken)
    {
        await _socket.SendAsync(request, cancellationToken);
        _filled = 0;
        while (true)
        {
            if (Received(await _socket.ReceiveAsync(Free(), cancellationToken)) is { } status)
                return status;
        }
    }

    /// <summary>Sends a request and waits for the whole answer, blocking the thread; returns its status.</summary>
    /// <exception cref="IOException">The connection ended before the answer did.</exception>
    public int Send(byte[] request)
    {
        _socket.Send(request);
        _filled = 0;
        while (true)
        {
            if (Received(_socket.Receive(Free().Span)) is { } status)
                return status;
        }
    }

    public void Dispose() => _socket.Dispose();

    private Memory<byte> Free()
    {
        if (_filled == _buffer.Length)
            Array.Resize(ref _buffer, 2 * _buffer.Length);

        return _buffer.AsMemory(_filled);
    }

    private int? Received(int count)
    {
        if (count == 0)
            throw new IOException("the server closed the connection in the middle of an answer");

        _filled += count;
        return HttpAnswer.StatusIfWhole(_buffer.AsSpan(0, _filled));
    }
}
