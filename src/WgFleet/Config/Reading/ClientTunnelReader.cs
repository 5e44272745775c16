using System.Net;
using System.Net.Sockets;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>Reads what the clients of a fleet are told of their end of the tunnel.</summary>
internal static class ClientTunnelReader
{
    /// <summary>How many DNS servers and domains join.sh takes.</summary>
    private const int MaxDns = 8;

    // As in wg-quick(8): what is no address is a domain.
    private static readonly ListKind<string> Dns = new(AddressValues.Dns, "use a list of addresses and domains, such as [\"fd00:a0a8:34d:a0::1\", fleet.example.com]") { MayBeEmpty = true };

    // IPv6 needs 1280 bytes.
    private static readonly ValueParser<int> Mtu = Values.IntegerFrom(1280, 65535);

    private static readonly ValueParser<TimeSpan> UpToAnHour = Values.DurationFrom(TimeSpan.Zero, TimeSpan.FromHours(1), "25s, 1m or 0s for none");

    private static readonly ValueParser<TimeSpan> Keepalive = new(UpToAnHour.Use, (YamlScalar scalar, out TimeSpan value) =>
        UpToAnHour.Reader(scalar, out value) ?? (value.Milliseconds > 0 ? "is not a whole number of seconds" : null));

    /// <param name="fleet">The fleet's keys.</param>
    /// <param name="read">What was read of it so far.</param>
    /// <param name="findings">Gets the errors.</param>
    public static ClientTunnelConfig Read(Section fleet, FleetEntry read, Diagnostics findings)
    {
        var byDefault = ClientTunnelConfig.Default;
        return new ClientTunnelConfig
        {
            Mtu = fleet.Optional("mtu", Mtu)?.Value,
            Keepalive = fleet.Optional("keepalive", Keepalive)?.Value ?? byDefault.Keepalive,
            Dns = ReadDns(fleet, findings) ?? byDefault.Dns,
            Preshared = fleet.Optional("preshared", Values.Boolean)?.Value ?? byDefault.Preshared,
            Routes = fleet.OptionalList("routes", Routes(read)) ?? byDefault.Routes,
        };
    }

    private static IReadOnlyList<string>? ReadDns(Section fleet, Diagnostics findings)
    {
        if (fleet.Find("dns") is not { } entry)
            return null;

        var dns = Dns.Read(entry.Value, fleet.PathOf("dns"), findings);
        if (dns.Count > 0 && !dns.Any(d => IPAddress.TryParse(d, out _)))
            findings.Problem(entry.Line, fleet.PathOf("dns"), "has no address of a DNS server, which wg-quick(8) then does not use; add one");
        else if (dns.Count > MaxDns)
            findings.Problem(entry.Line, fleet.PathOf("dns"), $"has {dns.Count} entries, use at most {MaxDns}");

        return dns;
    }

    private static ListKind<IPNetwork> Routes(FleetEntry fleet) => new(AddressValues.Network, $"use a list of {(fleet.Networks.Any(n => n.GatewayKey == "ip4") ? "" : "IPv6 ")}networks, such as [2001:db8:20::/48]")
    {
        MayBeEmpty = true,

        // WireGuard drops what has another source address than the client's. wg-quick has a way around the tunnel for packets of the tunnel, but only with a default route.
        Refusal = network => !HasFamily(fleet, network, out var family)
            ? $"{network} is {family}, which clients have no address for in the tunnel; use {(family == "IPv4" ? "IPv6" : "IPv4")} networks"
            : network.PrefixLength > 0 && IPAddress.TryParse(fleet.ExternalIp?.Value, out var outside) && network.Contains(outside)
                ? $"{network} contains external_ip {outside}, so the tunnel would go through itself; use networks without it"
                : null,
    };

    private static bool HasFamily(FleetEntry fleet, IPNetwork network, out string family)
    {
        var isIPv4 = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
        family = isIPv4 ? "IPv4" : "IPv6";
        return fleet.Networks.Any(n => n.GatewayKey == (isIPv4 ? "ip4" : "ip6"));
    }
}
