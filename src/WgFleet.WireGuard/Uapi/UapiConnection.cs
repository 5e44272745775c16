using System.Net.Sockets;
using WgFleet.WireGuard.Linux;

namespace WgFleet.WireGuard.Uapi;

/// <summary>
/// Keeps the connection to one interface and sends one request at a time. wireguard-go reads ahead while it handles a set, and
/// would lose a request that was sent before the answer to that set.
/// </summary>
internal sealed class UapiConnection(string interfaceName, string path) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private Socket? _socket;
    private volatile bool _disposed;

    /// <summary>Sends a request and reads the answer, which the caller disposes.</summary>
    /// <exception cref="DeviceNotFoundException">No program listens on the socket.</exception>
    /// <exception cref="WireGuardException">The answer is an error or cannot be read, or the connection ended before it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, while waiting for the turn or for the answer.</exception>
    public Task<PooledBytes> AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken) => AskAsync(request, onlyHead: false, cancellationToken);

    /// <summary>Asks for the interface and reads at least what comes before its peers, which the caller disposes. Throws as <see cref="AskAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.</summary>
    public Task<PooledBytes> AskForHeadAsync(CancellationToken cancellationToken) => AskAsync(UapiText.Get, onlyHead: true, cancellationToken);

    public void Dispose()
    {
        _disposed = true;
        HangUp();
    }

    private async Task<PooledBytes> AskAsync(ReadOnlyMemory<byte> request, bool onlyHead, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var kept = _socket is not null;
            var answer = await AskOnceAsync(request, onlyHead, cancellationToken);

            // A kept connection that gives no answer belongs to a program that has ended; another may have taken its place.
            // Asking twice is safe even if the first request was handled: a set says what the result must be.
            if (answer is null && kept)
                answer = await AskOnceAsync(request, onlyHead, cancellationToken);

            return answer ?? throw new WireGuardException($"{interfaceName} closed the connection without an answer: check that its process still runs");
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Gives the answer; null if the program closed the connection before its first byte.</summary>
    private async Task<PooledBytes?> AskOnceAsync(ReadOnlyMemory<byte> request, bool onlyHead, CancellationToken cancellationToken)
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
                    throw new WireGuardException($"{interfaceName} closed the connection in the middle of its answer");

                answer.Advance(count);
                if (onlyHead && !UapiText.IsWhole(answer.Written.Span) && UapiText.HasPeer(answer.Written.Span))
                {
                    // The peers that were not read would be taken for the answer to the next request.
                    HangUp();
                    good = true;
                    return answer;
                }
            }

            if (!UapiText.TryReadErrno(answer.Written.Span, out var errno))
                throw new WireGuardException($"{interfaceName} gave an answer that does not end with an errno");

            if (Math.Abs(errno) == Errno.AddressInUse)
                throw new PortInUseException(interfaceName, Errno.Describe(errno));

            if (errno != 0)
                throw new WireGuardException($"{interfaceName} refused: {Errno.Describe(errno)}");

            good = true;
            return answer;
        }
        finally
        {
            // After an error wireguard-go reads the rest of the request as the next one, and after a cancellation the answer
            // still arrives. The next caller must see neither.
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

            // .NET reports ENOENT as AddressNotAvailable.
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

        // If it was disposed in the meantime, nobody else will close the socket.
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
            // A program that refuses an early line closes the connection without reading the rest. Its error is still to be read.
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
            // A reset connection is treated like a closed one.
            return 0;
        }
    }

    private void HangUp() => Interlocked.Exchange(ref _socket, null)?.Dispose();
}
