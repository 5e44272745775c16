using System.Net;
using WgFleet.WireGuard.Linux;
using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Links;

/// <summary>Asks the kernel about interfaces, addresses and routes. All methods but <see cref="RunAsync"/> block, and run only inside it.</summary>
internal sealed class RouteClient(Func<INetlinkSocket> open) : IDisposable
{
    private readonly NetlinkSession _session = new(_ => new NetlinkClient(open()), () => new NetlinkClient(open()));
    private readonly byte[] _request = new byte[LinkMessages.MaxLength];

    /// <summary>Runs a function alone, on a thread of the pool.</summary>
    public Task<T> RunAsync<T>(Func<T> function, CancellationToken cancellationToken) => _session.RunAsync(function, cancellationToken);

    /// <summary>Sends a request and passes each message of the answer to a handler, which starts anew for each attempt.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    /// <exception cref="FormatException">The answer cannot be read.</exception>
    public void Ask(ushort type, Func<byte[], int> write, Func<NetlinkClient.MessageHandler>? handler, CancellationToken cancellationToken) =>
        _session.Ask(_request.AsSpan(0, write(_request)), () => type, () => handler?.Invoke(), cancellationToken);

    /// <summary>Finds an interface by its name, without addresses; null if there is none.</summary>
    public InterfaceState? FindLink(string name, CancellationToken cancellationToken)
    {
        try
        {
            return Dump(RouteConstants.GetLink, message => LinkMessages.Get(message, name), RouteConstants.NewLink, LinkReader.ReadLink, cancellationToken)
                .FirstOrDefault(link => link.Name == name);
        }
        catch (NetlinkException e) when (e.Errno == Errno.NoDevice)
        {
            return null;
        }
    }

    /// <summary>Finds an interface by its index, without addresses; null if there is none.</summary>
    public InterfaceState? FindLink(int index, CancellationToken cancellationToken)
    {
        try
        {
            return Dump(RouteConstants.GetLink, message => LinkMessages.Get(message, index), RouteConstants.NewLink, LinkReader.ReadLink, cancellationToken).FirstOrDefault();
        }
        catch (NetlinkException e) when (e.Errno == Errno.NoDevice)
        {
            return null;
        }
    }

    /// <summary>Finds the index of the interface that packets for an address are sent to; zero if there is no way to it.</summary>
    public int FindPath(IPAddress address, CancellationToken cancellationToken)
    {
        try
        {
            return Dump(RouteConstants.GetRoute, message => LinkMessages.GetRoute(message, address), RouteConstants.NewRoute, LinkReader.ReadRouteInterface, cancellationToken)
                .FirstOrDefault();
        }
        catch (NetlinkException e) when (e.Errno is Errno.NetworkUnreachable or Errno.HostUnreachable or Errno.AccessDenied or Errno.Invalid)
        {
            // No route, or one of kind unreachable, prohibit or blackhole.
            return 0;
        }
    }

    /// <summary>Reads all interfaces, without addresses.</summary>
    public List<InterfaceState> GetLinks(CancellationToken cancellationToken) =>
        Dump(RouteConstants.GetLink, message => LinkMessages.Get(message, null), RouteConstants.NewLink, LinkReader.ReadLink, cancellationToken);

    /// <summary>Reads the addresses of one interface, or of all interfaces if the index is zero.</summary>
    public List<(int Index, InterfaceAddress Address)> GetAddresses(int index, CancellationToken cancellationToken)
    {
        var addresses = Dump<(int Index, InterfaceAddress? Address)>(
            RouteConstants.GetAddress,
            message => LinkMessages.GetAddresses(message, index),
            RouteConstants.NewAddress,
            static payload => (LinkReader.ReadAddress(payload, out var of) is var address ? of : 0, address),
            cancellationToken);
        return [.. addresses.Where(a => a.Address is not null && (index == 0 || a.Index == index)).Select(a => (a.Index, a.Address!))];
    }

    /// <summary>Reads the IPv4 default routes of the main table.</summary>
    public List<DefaultRoute> GetDefaultRoutes(CancellationToken cancellationToken) =>
        [.. Dump(RouteConstants.GetRoute, message => LinkMessages.GetRoutes(message), RouteConstants.NewRoute, LinkReader.ReadDefaultRoute, cancellationToken).OfType<DefaultRoute>()];

    public void Dispose() => _session.Dispose();

    /// <summary>Turns the kernel's error into one for people.</summary>
    public static WireGuardException Explain(string name, NetlinkException e) => e.Errno switch
    {
        Errno.NoDevice => new DeviceNotFoundException(name, e),
        Errno.AddressInUse => new PortInUseException(name, e.Message, e),
        Errno.NotPermitted => new WireGuardException($"not permitted to change {name}: this needs CAP_NET_ADMIN; run as root, or grant that capability (in a container: --cap-add NET_ADMIN)", e),
        Errno.AddressFamilyNotSupported => new WireGuardException(
            $"cannot ask the kernel for {name}: netlink sockets are forbidden here; see RestrictAddressFamilies= of the service", e),
        _ => new WireGuardException($"the kernel refused to change {name}: {e.Message}", e),
    };

    private delegate T Parse<out T>(ReadOnlySpan<byte> payload);

    private List<T> Dump<T>(ushort request, Func<byte[], int> write, ushort answer, Parse<T> parse, CancellationToken cancellationToken)
    {
        List<T> found = [];
        Ask(
            request,
            write,
            () =>
            {
                found = [];
                return (type, payload) =>
                {
                    if (type == answer)
                        found.Add(parse(payload));
                };
            },
            cancellationToken);
        return found;
    }
}
