using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using WgFleet.Config;
using WgFleet.Store;

namespace WgFleet.Hooks.Projections.Templates;

using Values = Dictionary<string, object?>;

/// <summary>The names and values that a template can use, made from one state of the fleets. docs/templates.md lists them.</summary>
internal sealed partial class TemplateModel
{
    private readonly FleetState _state;
    private readonly HookConfig _hook;
    private readonly List<Values> _clients;
    private readonly List<Values> _fleets;

    public TemplateModel(FleetState state, HookConfig hook)
    {
        _state = state;
        _hook = hook;
        _clients = [.. state.Clients.Where(c => hook.Follows(c.Fleet)).Select(Client)];
        var byFleet = _clients.ToLookup(c => (string)c["fleet"]!);
        _fleets = [.. state.Fleets.Where(f => hook.Follows(f.Name)).Select(f => Fleet(f, [.. byFleet[f.Name]]))];
    }

    /// <summary>The names of the fleets the hook follows.</summary>
    public IEnumerable<string> Fleets => _fleets.Select(f => (string)f["name"]!);

    /// <summary>The values for a single file that has all fleets.</summary>
    public IReadOnlyDictionary<string, object?> OfAll() => Top(_fleets, _clients);

    /// <summary>The values for the file of one fleet: the other fleets are left out.</summary>
    public IReadOnlyDictionary<string, object?> Of(string fleet)
    {
        var only = _fleets.Single(f => (string)f["name"]! == fleet);
        return Top([only], (List<Values>)only["clients"]!);
    }

    private Values Top(List<Values> fleets, List<Values> clients) => new()
    {
        ["domain"] = _state.Domain,
        ["serial"] = Serial.Placeholder,
        ["settings"] = _hook.Settings,
        ["fleets"] = fleets,
        ["clients"] = clients,
        ["named"] = Named(clients),
    };

    private static Values Fleet(Fleet fleet, List<Values> clients) => new()
    {
        ["name"] = fleet.Name,
        ["interface"] = fleet.Interface,
        ["gateway"] = fleet.GatewayAddress.ToString(),
        ["subnet"] = fleet.Subnet.ToString(),
        ["gateway6"] = fleet.GatewayAddress.AddressFamily == AddressFamily.InterNetworkV6 ? fleet.GatewayAddress.ToString() : null,
        ["gateway4"] = fleet.Gateway4?.ToString(),
        ["subnet4"] = fleet.Subnet4?.ToString(),
        ["port"] = fleet.Port,
        ["clients"] = clients,
        ["named"] = Named(clients),
    };

    private static Values Client(Client client) => new()
    {
        ["fleet"] = client.Fleet,
        ["address"] = client.Address.ToString(),
        ["address6"] = client.Address.AddressFamily == AddressFamily.InterNetworkV6 ? client.Address.ToString() : null,
        ["address4"] = client.Address4?.ToString(),
        ["hostname"] = client.Hostname,
        ["fqdn"] = client.Fqdn,
        ["rfc1123"] = client.Fqdn is { } name && HostNameFormat().IsMatch(name),
        ["public_key"] = client.PublicKey,
        ["request_address"] = client.RequestAddress,
        ["registered_at"] = client.RegisteredAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["ptr"] = Ptr(client.Address),
        ["ptr4"] = client.Address4 is { } address4 ? Ptr4(address4) : null,
        ["facts"] = Facts.Names.ToDictionary(name => name, name => (object?)client.Facts.GetValueOrDefault(name)),
    };

    private static List<Values> Named(List<Values> clients) => [.. clients.Where(c => c["hostname"] is not null)];

    private static string Ptr(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? Ptr4(address) : Ptr6(address);

    /// <summary>The name under in-addr.arpa: the bytes of the address in reverse order (RFC 1035 section 3.5).</summary>
    private static string Ptr4(IPAddress address) => $"{string.Join('.', address.GetAddressBytes().Reverse())}.in-addr.arpa";

    /// <summary>The name under ip6.arpa: the nibbles of the address in reverse order (RFC 3596 section 2.5).</summary>
    private static string Ptr6(IPAddress address) => string.Create(64 + "ip6.arpa".Length, address, static (name, address) =>
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        for (var i = 0; i < 16; i++)
        {
            var at = name[(4 * (15 - i))..];
            (at[0], at[1], at[2], at[3]) = (Nibble(bytes[i] & 15), '.', Nibble(bytes[i] >> 4), '.');
        }

        "ip6.arpa".CopyTo(name[64..]);
    });

    private static char Nibble(int value) => (char)(value < 10 ? '0' + value : 'a' + value - 10);

    // Host names that name servers accept (RFC 1123 section 2.1). A client's name may also contain _, and begin or end with -.
    [GeneratedRegex(@"\A(?:(?!-)[A-Za-z0-9-]{1,63}(?<!-)(?:\.|\z))+\z", RegexOptions.CultureInvariant)]
    private static partial Regex HostNameFormat();
}
