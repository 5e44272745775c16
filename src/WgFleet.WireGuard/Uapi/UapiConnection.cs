using System.Net.Sockets;

namespace WgFleet.WireGuard.Uapi;

/// <summary>
/// The kept connection to one interface. One request at a time, whoever asks: wireguard-go reads ahead while it handles a set
/// and would lose a request sent before that one's answer.
/// </summary>
internal sealed class UapiConnection(string interfaceName, string path) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private Socket? _socket;
    private volatile bool _disposed;

    /// <summary>Sends a request and reads its answer, which the caller disposes.</summary>
    /// <exception cref="DeviceNotFoundException">Nobody listens on the socket.</exception>
    /// <exception cref="WireGuardException">The answer is an error, cannot be read or did not come.</exception>
    public async Task<PooledBytes> AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var kept = _socket is not null;
            var answer = await AskOnceAsync(request, cancellationToken);

            // A kept connection that gives nothing is one whose server has gone; another may have taken its place.
            // Asking twice is safe even if the first had done its work: a set says what shall be, not what to add.
            if (answer is null && kept)
                answer = await AskOnceAsync(request, cancellationToken);

            return answer ?? throw new WireGuardException($"{interfaceName} hung up without an answer: see whether its process still runs");
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _disposed = true;
        HangUp();
    }

    /// <summary>The answer; null if the other side hung up before any of it came.</summary>
    private async Task<PooledBytes?> AskOnceAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        var socket = _socket ?? await ConnectAsync(cancellationToken);
        var answer = new PooledBytes(4096);
        var good = false;
        try
        {
            await SendAsync(socket, request, cancellationToken);
            while (!UapiText.IsWhole(answer.Written.Span))
            {
                var count = await ReceiveAsync(socket, answer.Free(4096), cancellationToken);
                if (count == 0 && answer.Written.IsEmpty)
                    return null;

                if (count == 0)
                    throw new WireGuardException($"{interfaceName} hung up in the middle of its answer");

                answer.Advance(count);
            }

            if (!UapiText.TryReadErrno(answer.Written.Span, out var errno))
                throw new WireGuardException($"{interfaceName} gave an answer that does not end with an errno");

            if (errno != 0)
                throw new WireGuardException($"{interfaceName} refused: {Errno.Describe(errno)}");

            good = true;
            return answer;
        }
        finally
        {
            // After an error wireguard-go takes the rest of the request for the next one, and after a cancellation the
            // answer is still to come: neither may meet whoever asks next.
            if (!good)
            {
                HangUp();
                answer.Dispose();
            }
        }
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        }
        catch (SocketException e)
        {
            socket.Dispose();

            // .NET's name for ENOENT is the second.
            throw e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable
                ? new DeviceNotFoundException(interfaceName, e)
                : new WireGuardException($"cannot open {path}: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        _socket = socket;

        // Disposed meanwhile: nobody else will close it.
        if (_disposed)
            HangUp();

        return socket;
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        try
        {
            while (!request.IsEmpty)
                request = request[await socket.SendAsync(request, SocketFlags.None, cancellationToken)..];
        }
        catch (SocketException)
        {
            // Whoever refuses an early line hangs up without reading the rest; what it said of it is still to be read.
        }
    }

    private static async Task<int> ReceiveAsync(Socket socket, Memory<byte> free, CancellationToken cancellationToken)
    {
        try
        {
            return await socket.ReceiveAsync(free, SocketFlags.None, cancellationToken);
        }
        catch (SocketException)
        {
            // Reset or closed is the same to us.
            return 0;
        }
    }

    private void HangUp() => Interlocked.Exchange(ref _socket, null)?.Dispose();
}
