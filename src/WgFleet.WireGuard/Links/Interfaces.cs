using System.Net;
using WgFleet.WireGuard.Linux;
using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Links;

/// <summary>Interfaces by rtnetlink.</summary>
internal sealed class Interfaces : IInterfaces
{
    /// <summary>The kind of the kernel's WireGuard interfaces.</summary>
    public const string WireGuardKind = "wireguard";

    // What WireGuard adds to a packet at most: an IPv6 header (40), a UDP header (8) and WireGuard's own (32).
    private const int Overhead = 80;
    private const int EthernetMtu = 1500;

    private readonly RouteClient _client;
    private readonly UserspaceProgram _userspace;
    private readonly TimeProvider _time;

    public Interfaces(TimeProvider time)
        : this(static () => new NetlinkSocket(NetlinkConstants.RouteProtocol), new UserspaceProgram(), time)
    {
    }

    public Interfaces(Func<INetlinkSocket> open, UserspaceProgram userspace, TimeProvider time)
    {
        _client = new RouteClient(open);
        _userspace = userspace;
        _time = time;
    }

    public Task<InterfaceState?> FindAsync(string name, CancellationToken cancellationToken) =>
        AskAsync(name, limited => _client.RunAsync(() => Find(name, limited), limited), cancellationToken);

    public Task<IReadOnlyList<InterfaceState>> ListAsync(CancellationToken cancellationToken) =>
        AskAsync("the kernel", limited => _client.RunAsync(() => List(limited), limited), cancellationToken);

    public async Task<WireGuardImplementation> CreateAsync(string name, CancellationToken cancellationToken)
    {
        if (await CreateAsync(name, WireGuardKind, cancellationToken))
            return WireGuardImplementation.Kernel;

        await Deadline.RunAsync(name, UserspaceProgram.StartLimit, _time, limited => _userspace.StartAsync(name, limited), cancellationToken);
        return WireGuardImplementation.Userspace;
    }

    /// <summary>Creates an interface of any kind; false if the kernel does not know the kind.</summary>
    /// <exception cref="WireGuardException">The interface exists already, or the kernel refused.</exception>
    public Task<bool> CreateAsync(string name, string kind, CancellationToken cancellationToken)
    {
        InterfaceName.Check(name);
        return AskAsync(name, limited => _client.RunAsync(
            () =>
            {
                try
                {
                    _client.Ask(RouteConstants.NewLink, message => LinkMessages.Create(message, name, kind), null, limited);
                    return true;
                }
                catch (NetlinkException e) when (e.Errno is Errno.NotSupported or Errno.KernelNotSupported or Errno.ProtocolNotSupported)
                {
                    return false;
                }
                catch (NetlinkException e) when (e.Errno == Errno.AlreadyExists)
                {
                    throw new WireGuardException($"an interface {name} exists already", e);
                }
            },
            limited), cancellationToken);
    }

    public Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        AskAsync(name, limited => _client.RunAsync(
            () =>
            {
                try
                {
                    if (InterfaceName.IsValid(name))
                        _client.Ask(RouteConstants.DeleteLink, message => LinkMessages.Delete(message, name), null, limited);
                }
                catch (NetlinkException e) when (e.Errno == Errno.NoDevice)
                {
                    // Another program was faster.
                }

                return true;
            },
            limited), cancellationToken);

    public Task ChangeAsync(string name, InterfaceChange change, CancellationToken cancellationToken) =>
        AskAsync(name, limited => _client.RunAsync(() => Change(name, change, limited), limited), cancellationToken);

    public Task<string?> FindPathAsync(IPAddress address, CancellationToken cancellationToken) =>
        AskAsync("the kernel", limited => _client.RunAsync(() => FindPath(address, limited), limited), cancellationToken);

    public Task<int> ChooseMtuAsync(CancellationToken cancellationToken) =>
        AskAsync("the kernel", limited => _client.RunAsync(() => ChooseMtu(limited), limited), cancellationToken);

    public bool IsUdpPortFree(int port) => UdpPort.IsFree(port);

    public IAsyncEnumerable<ChangedInterfaces> WatchAsync(CancellationToken cancellationToken) =>
        InterfaceWatcher.WatchAsync(
            static () => new NetlinkSocket(NetlinkConstants.RouteProtocol, RouteConstants.LinkAndAddressGroups),
            async () => await ListAsync(cancellationToken),
            cancellationToken);

    public void Dispose() => _client.Dispose();

    private InterfaceState? Find(string name, CancellationToken cancellationToken)
    {
        if (!InterfaceName.IsValid(name) || _client.FindLink(name, cancellationToken) is not { } link)
            return null;

        return link with { Addresses = [.. _client.GetAddresses(link.Index, cancellationToken).Select(a => a.Address)] };
    }

    private string? FindPath(IPAddress address, CancellationToken cancellationToken) =>
        _client.FindPath(address, cancellationToken) is not 0 and var index ? _client.FindLink(index, cancellationToken)?.Name : null;

    private IReadOnlyList<InterfaceState> List(CancellationToken cancellationToken)
    {
        var links = _client.GetLinks(cancellationToken);
        var addresses = _client.GetAddresses(0, cancellationToken).ToLookup(a => a.Index, a => a.Address);
        return [.. links.Select(link => link with { Addresses = [.. addresses[link.Index]] })];
    }

    private bool Change(string name, InterfaceChange change, CancellationToken cancellationToken)
    {
        var index = InterfaceName.IsValid(name) && _client.FindLink(name, cancellationToken) is { } link ? link.Index : throw new DeviceNotFoundException(name);
        if (change.Mtu is not null)
            Ask(RouteConstants.NewLink, message => LinkMessages.Set(message, index, change.Mtu, null));

        // The kernel takes an IPv6 address with another prefix length for the same one and keeps the old length.
        foreach (var address in change.Remove.Where(old => change.Add.Any(added => added.Address.Equals(old.Address))))
            Remove(address);

        foreach (var address in change.Add)
            Ask(RouteConstants.NewAddress, message => LinkMessages.AddAddress(message, index, address));

        foreach (var address in change.Remove.Where(old => !change.Add.Any(added => added.Address.Equals(old.Address))))
            Remove(address);

        if (change.Up is not null)
            Ask(RouteConstants.NewLink, message => LinkMessages.Set(message, index, null, change.Up));

        foreach (var network in change.Routes)
            AddRoute(network);

        return true;

        void Ask(ushort type, Func<byte[], int> write) => _client.Ask(type, write, null, cancellationToken);

        void AddRoute(IPNetwork network)
        {
            try
            {
                Ask(RouteConstants.NewRoute, message => LinkMessages.AddRoute(message, index, network));
            }
            catch (NetlinkException e) when (e.Errno == Errno.AlreadyExists)
            {
                // The route is there.
            }
        }

        void Remove(InterfaceAddress address)
        {
            try
            {
                Ask(RouteConstants.DeleteAddress, message => LinkMessages.RemoveAddress(message, index, address));
            }
            catch (NetlinkException e) when (e.Errno == Errno.AddressNotAvailable)
            {
                // The address is not there.
            }
        }
    }

    private int ChooseMtu(CancellationToken cancellationToken)
    {
        var route = _client.GetDefaultRoutes(cancellationToken).MinBy(route => route.Priority);
        var mtu = route?.Mtu ?? _client.GetLinks(cancellationToken).FirstOrDefault(link => link.Index == route?.InterfaceIndex)?.Mtu ?? EthernetMtu;
        return mtu - Overhead;
    }

    private async Task<T> AskAsync<T>(string name, Func<CancellationToken, Task<T>> question, CancellationToken cancellationToken)
    {
        try
        {
            return await Deadline.RunAsync(name, Deadline.Default, _time, question, cancellationToken);
        }
        catch (NetlinkException e)
        {
            throw RouteClient.Explain(name, e);
        }
        catch (FormatException e)
        {
            throw new WireGuardException($"the kernel gave an answer about {name} that cannot be read: {e.Message}", e);
        }
    }
}
