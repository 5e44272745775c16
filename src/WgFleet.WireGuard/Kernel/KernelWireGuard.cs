using WgFleet.WireGuard.Linux;
using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Kernel;

/// <summary>The kernel's WireGuard, by generic netlink. Has the interfaces of the caller's network namespace; needs CAP_NET_ADMIN.</summary>
internal sealed class KernelWireGuard : IWireGuard
{
    private readonly byte[] _request = new byte[ChangeMessages.MaxLength];
    private readonly NetlinkSession _session;
    private readonly NapiThreads _threads;
    private ushort _family;

    public KernelWireGuard()
        : this(static () => new NetlinkSocket(NetlinkConstants.GenericProtocol), new NapiThreads())
    {
    }

    /// <param name="open">Opens a socket.</param>
    /// <param name="threads">Switches off the kernel's threads for an interface with many peers.</param>
    public KernelWireGuard(Func<INetlinkSocket> open, NapiThreads threads)
    {
        _session = new NetlinkSession(cancellationToken => Connect(open(), cancellationToken), () => new NetlinkClient(open(), NetlinkClient.FirstLength));
        _threads = threads;
    }

    public Task<Device> GetDeviceAsync(string interfaceName, CancellationToken cancellationToken) =>
        _session.RunAsync(() => Get(interfaceName, cancellationToken), cancellationToken);

    public Task<DeviceSettings> GetSettingsAsync(string interfaceName, CancellationToken cancellationToken) =>
        _session.RunAsync(() => GetSettings(interfaceName, cancellationToken), cancellationToken);

    public Task ChangeAsync(string interfaceName, DeviceChange change, CancellationToken cancellationToken) =>
        _session.RunAsync(() => Change(interfaceName, change, cancellationToken), cancellationToken);

    public void Dispose() => _session.Dispose();

    private Device Get(string interfaceName, CancellationToken cancellationToken)
    {
        DeviceDump? dump = null;
        Ask(interfaceName, WriteGet(interfaceName), () => Read(dump = new DeviceDump()), cancellationToken);
        var device = dump!.ToDevice(interfaceName);

        // The peers may have been added one by one.
        if (device.Peers.Count > NapiThreads.Threshold)
            _threads.End(interfaceName);

        return device;

        static NetlinkClient.MessageHandler Read(DeviceDump dump) => (_, payload) => dump.Add(GenericFamily.Attributes(payload));
    }

    /// <summary>Reads the first message of a dump, which has all that is not a peer, and leaves the rest unread.</summary>
    private DeviceSettings GetSettings(string interfaceName, CancellationToken cancellationToken)
    {
        DeviceSettings? settings = null;
        var length = WriteGet(interfaceName);
        Explained(interfaceName, () => _session.AskForFirst(_request.AsSpan(0, length), () => _family, Read, cancellationToken));
        return settings ?? throw new WireGuardException($"{interfaceName} gave an empty answer");

        void Read(ushort type, ReadOnlySpan<byte> payload) => settings ??= DeviceDump.ReadSettings(GenericFamily.Attributes(payload));
    }

    private int WriteGet(string interfaceName)
    {
        CheckName(interfaceName);
        var writer = new AttributeWriter(
            _request,
            NetlinkConstants.Request | NetlinkConstants.Ack | NetlinkConstants.Dump,
            [WireGuardConstants.GetDevice, WireGuardConstants.Version, 0, 0]);
        writer.PutText(WireGuardConstants.DeviceName, interfaceName);
        return writer.Length;
    }

    private bool Change(string interfaceName, DeviceChange change, CancellationToken cancellationToken)
    {
        CheckName(interfaceName);
        if (change.ListenPort is < 0 or > ushort.MaxValue)
            throw new WireGuardException($"{interfaceName} refused: {change.ListenPort} is not a UDP port");

        var messages = new ChangeMessages(interfaceName, change);
        var first = true;
        while (messages.WriteNext(_request) is var length and > 0)
        {
            try
            {
                Ask(interfaceName, length, () => null, cancellationToken);
            }
            finally
            {
                // The request may hold the private key.
                if (first)
                    _request.AsSpan(0, length).Clear();
            }

            if (first && change.Peers.Count > NapiThreads.Threshold)
                _threads.End(interfaceName);

            first = false;
        }

        return true;
    }

    private void Ask(string interfaceName, int length, Func<NetlinkClient.MessageHandler?> handler, CancellationToken cancellationToken) =>
        Explained(interfaceName, () => _session.Ask(_request.AsSpan(0, length), () => _family, handler, cancellationToken));

    private static void Explained(string interfaceName, Action ask)
    {
        try
        {
            ask();
        }
        catch (NetlinkException e)
        {
            throw Explain(interfaceName, e);
        }
        catch (FormatException e)
        {
            throw new WireGuardException($"{interfaceName} gave an answer that cannot be read: {e.Message}", e);
        }
    }

    private NetlinkClient Connect(INetlinkSocket socket, CancellationToken cancellationToken)
    {
        var client = new NetlinkClient(socket);
        try
        {
            _family = GenericFamily.Find(client, WireGuardConstants.FamilyName, cancellationToken);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static void CheckName(string interfaceName)
    {
        // For a name that is too long the kernel would report a number out of range.
        if (!InterfaceName.IsValid(interfaceName))
            throw new DeviceNotFoundException(interfaceName);
    }

    private static WireGuardException Explain(string interfaceName, NetlinkException e) => e.Errno switch
    {
        // ENOENT and EPROTONOSUPPORT: this kernel has no WireGuard, or not even generic netlink.
        Errno.NoDevice or Errno.NotSupported or Errno.KernelNotSupported or Errno.NoEntry or Errno.ProtocolNotSupported =>
            new DeviceNotFoundException(interfaceName, e),
        Errno.NotPermitted => new WireGuardException(
            $"not permitted to read or change {interfaceName}: the kernel's WireGuard needs CAP_NET_ADMIN; run as root, or grant that capability (in a container: --cap-add NET_ADMIN)", e),
        Errno.AddressFamilyNotSupported => new WireGuardException(
            $"cannot ask the kernel for {interfaceName}: netlink sockets are forbidden here; see RestrictAddressFamilies= of the service", e),
        Errno.Interrupted => new WireGuardException(
            $"{interfaceName} changed each of the {NetlinkSession.MaxAttempts} times that it was read: does another program change its peers?", e),
        Errno.NoBuffers => new WireGuardException($"the kernel is short of memory for {interfaceName}: {e.Message}", e),
        Errno.AddressInUse => new PortInUseException(interfaceName, e.Message, e),
        _ => new WireGuardException($"{interfaceName} refused: {e.Message}", e),
    };
}
