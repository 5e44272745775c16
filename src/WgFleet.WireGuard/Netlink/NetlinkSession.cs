using WgFleet.WireGuard.Linux;

namespace WgFleet.WireGuard.Netlink;

/// <summary>
/// Keeps one netlink client and lets one caller at a time use it, on a thread of the pool. A caller waits no longer than its
/// token allows, for its turn and all attempts together, even if the kernel blocks that thread.
/// </summary>
/// <param name="connect">Opens the client and asks for what must be known before the first request; called again after every failure.</param>
/// <param name="open">Opens a client.</param>
internal sealed class NetlinkSession(Func<CancellationToken, NetlinkClient> connect, Func<NetlinkClient> open) : IDisposable
{
    /// <summary>How many times a request is sent if the kernel is temporarily unable to answer.</summary>
    public const int MaxAttempts = 5;

    private readonly SemaphoreSlim _turn = new(1);
    private NetlinkClient? _client;
    private volatile bool _disposed;

    /// <summary>Runs a function that may call <see cref="Ask"/>, alone.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; the function may still run.</exception>
    public async Task<T> RunAsync<T>(Func<T> function, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        var running = Task.Run(
            () =>
            {
                try
                {
                    return function();
                }
                finally
                {
                    _turn.Release();
                }
            },
            CancellationToken.None);

        // If the caller has left, nobody else observes the outcome of the function.
        _ = running.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return await running.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Sends a request, and repeats it if that is possible. Requests say what the result must be, so sending one twice has the same effect as
    /// once. Blocks; only for functions that <see cref="RunAsync"/> runs.
    /// </summary>
    /// <param name="request">The request, complete but for length, type and sequence number.</param>
    /// <param name="type">Gives the message type, which may be known only once the client is open.</param>
    /// <param name="handler">Makes a new handler for the answer of each attempt.</param>
    /// <param name="cancellationToken">Ends the wait for an answer.</param>
    /// <exception cref="NetlinkException">The kernel refused, or could not answer at any attempt.</exception>
    /// <exception cref="FormatException">The answer cannot be read.</exception>
    public void Ask(Span<byte> request, Func<ushort> type, Func<NetlinkClient.MessageHandler?> handler, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var kept = _client is not null;
            try
            {
                (_client ?? Connect(cancellationToken)).Ask(request, type(), handler(), cancellationToken);
                return;
            }
            catch (NetlinkException e) when (attempt < MaxAttempts && MayPass(e, kept))
            {
                HangUp();
            }
            catch
            {
                HangUp();
                throw;
            }
        }
    }

    /// <summary>
    /// Requests a dump and reads its first message only, on a separate socket that is then closed: the kernel prepares only that message. It
    /// is short, because nothing was read from the socket before. Blocks; only for functions that <see cref="RunAsync"/> runs.
    /// </summary>
    /// <param name="request">The request, complete but for length, type and sequence number.</param>
    /// <param name="type">Gives the message type, which may be known only once a client was open.</param>
    /// <param name="handler">Receives the messages of the first datagram.</param>
    /// <param name="cancellationToken">Ends the wait for an answer.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    /// <exception cref="FormatException">The answer cannot be read.</exception>
    public void AskForFirst(Span<byte> request, Func<ushort> type, NetlinkClient.MessageHandler handler, CancellationToken cancellationToken)
    {
        if (_client is null)
            Connect(cancellationToken);

        try
        {
            using var client = open();
            client.AskForFirst(request, type(), handler, cancellationToken);
        }
        catch
        {
            // The family may have another number now, which the next connection asks for.
            HangUp();
            throw;
        }
    }

    public void Dispose()
    {
        _disposed = true;
        HangUp();
    }

    // ENOENT on a kept client: the kernel module was loaded again, and its family has another number.
    private static bool MayPass(NetlinkException e, bool kept) =>
        e.Errno is Errno.Interrupted or Errno.NoBuffers || (e.Errno == Errno.NoEntry && kept);

    private NetlinkClient Connect(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var client = connect(cancellationToken);
        _client = client;

        // If it was disposed in the meantime, nobody else will close the client.
        if (_disposed)
            HangUp();

        return client;
    }

    private void HangUp() => Interlocked.Exchange(ref _client, null)?.Dispose();
}
