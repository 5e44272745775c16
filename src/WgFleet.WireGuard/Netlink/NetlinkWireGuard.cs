namespace WgFleet.WireGuard.Netlink;

/// <summary>The kernel's WireGuard. One socket is kept, and one thing asked at a time, on a thread of the pool.</summary>
/// <param name="open">Opens the socket.</param>
/// <param name="threads">Ended for an interface that has many peers.</param>
internal sealed class NetlinkWireGuard(Func<INetlinkSocket> open, PeerThreads threads) : IWireGuard
{
    private const int MaxNameLength = 15;
    private const int MaxAttempts = 5;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly byte[] _request = new byte[ChangeMessages.MaxLength];
    private Conversation? _conversation;
    private volatile bool _disposed;

    public NetlinkWireGuard()
        : this(static () => new NetlinkSocket(), new PeerThreads())
    {
    }

    public async Task<Device> GetDeviceAsync(string interfaceName, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Get(interfaceName, cancellationToken), cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task ChangeAsync(string interfaceName, DeviceChange change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await Task.Run(() => Change(interfaceName, change, cancellationToken), cancellationToken);
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

    private Device Get(string interfaceName, CancellationToken cancellationToken)
    {
        Check(interfaceName);
        var writer = new AttributeWriter(_request, Nl.Request | Nl.Ack | Nl.Dump, Wg.GetDevice, Wg.Version);
        writer.PutText(Wg.DeviceName, interfaceName);

        DeviceDump? dump = null;
        Ask(interfaceName, writer.Length, () => (dump = new DeviceDump()).Take, cancellationToken);
        var device = dump!.ToDevice(interfaceName);

        // They may have come one by one.
        if (device.Peers.Count > PeerThreads.Many)
            threads.End(interfaceName);

        return device;
    }

    private void Change(string interfaceName, DeviceChange change, CancellationToken cancellationToken)
    {
        Check(interfaceName);
        if (change.ListenPort is < 0 or > ushort.MaxValue)
            throw new WireGuardException($"{interfaceName} refused: {change.ListenPort} is no UDP port");

        var messages = new ChangeMessages(interfaceName, change);
        var first = true;
        while (messages.WriteNext(_request) is var length and > 0)
        {
            Ask(interfaceName, length, () => null, cancellationToken);
            if (first && change.Peers.Count > PeerThreads.Many)
                threads.End(interfaceName);

            first = false;
        }
    }

    /// <summary>Asks again what may be asked again: a request says what shall be, so twice is the same as once.</summary>
    private void Ask(string interfaceName, int length, Func<Conversation.Take?> take, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var kept = _conversation is not null;
            try
            {
                (_conversation ?? Begin()).Ask(_request.AsSpan(0, length), take(), cancellationToken);
                return;
            }
            catch (NetlinkException e)
            {
                HangUp();
                var passes = e.Errno switch
                {
                    NetlinkException.Interrupted or NetlinkException.NoBuffers => true,

                    // WireGuard's module was loaded anew since, and has another number.
                    NetlinkException.NoSuchFamily => kept,
                    _ => false,
                };
                if (!passes || attempt == MaxAttempts)
                    throw Explained(interfaceName, e);
            }
            catch (FormatException e)
            {
                HangUp();
                throw new WireGuardException($"{interfaceName} gave an answer that cannot be read: {e.Message}", e);
            }
            catch
            {
                HangUp();
                throw;
            }
        }
    }

    private static void Check(string interfaceName)
    {
        // The kernel would call such a name a number out of range; none has a slash.
        if (interfaceName.Length is 0 or > MaxNameLength || !System.Text.Ascii.IsValid(interfaceName) || interfaceName.Contains('/'))
            throw new DeviceNotFoundException(interfaceName);
    }

    private static WireGuardException Explained(string interfaceName, NetlinkException e) => e.Errno switch
    {
        // The second line: this kernel has no WireGuard, or not even generic netlink.
        NetlinkException.NoSuchDevice or NetlinkException.NotSupported or NetlinkException.KernelNotSupported
            or NetlinkException.NoSuchFamily or NetlinkException.ProtocolNotSupported => new DeviceNotFoundException(interfaceName, e),
        NetlinkException.NoPermission => new WireGuardException(
            $"{interfaceName} may not be read or changed: the kernel's WireGuard takes CAP_NET_ADMIN; run as root, or give that capability", e),
        NetlinkException.AddressFamilyNotSupported => new WireGuardException(
            $"cannot ask the kernel for {interfaceName}: netlink sockets are forbidden here; see RestrictAddressFamilies= of the service", e),
        NetlinkException.TryAgain => new WireGuardException(
            $"the kernel gave no answer about {interfaceName} within {NetlinkSocket.Timeout.TotalSeconds:0} s", e),
        NetlinkException.Interrupted => new WireGuardException(
            $"{interfaceName} changed each of the {MaxAttempts} times that it was read: does another program change its peers?", e),
        NetlinkException.NoBuffers => new WireGuardException($"the kernel is short of memory for {interfaceName}: {e.Message}", e),
        _ => new WireGuardException($"{interfaceName} refused: {e.Message}", e),
    };

    private Conversation Begin()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var conversation = new Conversation(open());
        _conversation = conversation;

        // Disposed meanwhile: nobody else will close it.
        if (_disposed)
            HangUp();

        return conversation;
    }

    private void HangUp() => Interlocked.Exchange(ref _conversation, null)?.Dispose();
}
