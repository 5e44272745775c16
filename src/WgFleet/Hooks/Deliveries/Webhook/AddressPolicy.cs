using System.Net;
using System.Net.Sockets;

namespace WgFleet.Hooks.Deliveries.Webhook;

/// <summary>
/// Decides which addresses a webhook may connect to, so that whoever controls a name in DNS cannot point it at services that
/// only this machine can reach. Private and loopback addresses are allowed, because receivers usually are on the LAN.
/// </summary>
/// <param name="allow">The only networks that are allowed; if empty, every address that is not forbidden below.</param>
internal sealed class AddressPolicy(IReadOnlyList<IPNetwork> allow)
{
    private static readonly (IPNetwork Network, string Why)[] Never =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "unspecified"),
        (IPNetwork.Parse("::/128"), "unspecified"),
        (IPNetwork.Parse("169.254.0.0/16"), "link-local, as are the metadata services of clouds"),
        (IPNetwork.Parse("fe80::/10"), "link-local"),
        (IPNetwork.Parse("fd00:ec2::/32"), "a metadata service of AWS"),
        (IPNetwork.Parse("fd20:ce::254/128"), "the metadata service of Google Cloud"),
        (IPNetwork.Parse("100.100.100.200/32"), "the metadata service of Alibaba Cloud"),
        (IPNetwork.Parse("168.63.129.16/32"), "the metadata service of Azure"),
        (IPNetwork.Parse("224.0.0.0/4"), "multicast"),
        (IPNetwork.Parse("ff00::/8"), "multicast"),
        (IPNetwork.Parse("255.255.255.255/32"), "broadcast"),
    ];

    /// <summary>IPv6 networks whose addresses contain an IPv4 address, and the offsets of its four bytes.</summary>
    private static readonly (IPNetwork Network, string Form, int[] Offsets)[] Embeddings =
    [
        (IPNetwork.Parse("::/96"), "IPv4-compatible", [12]),
        (IPNetwork.Parse("::ffff:0:0:0/96"), "IPv4-translated", [12]),
        (IPNetwork.Parse("64:ff9b::/96"), "NAT64", [12]),
        (IPNetwork.Parse("64:ff9b:1::/48"), "NAT64", [12]),
        (IPNetwork.Parse("2002::/16"), "6to4", [2]),
        (IPNetwork.Parse("2001::/32"), "Teredo", [4, 12]),
    ];

    /// <summary>Says which rule forbids the address; null if it is allowed.</summary>
    public string? Refusal(IPAddress address)
    {
        var target = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var name = target.Equals(address) ? $"{address}" : $"{address} (IPv4-mapped {target})";

        if (NeverBecause(target) is { } why)
            return $"{name} is {why}";

        foreach (var (embedded, form) in EmbeddedIn(target))
        {
            if (NeverBecause(embedded) is { } inner)
                return $"{name} is {form} for {embedded}, which is {inner}";
        }

        return allow.Count == 0 || allow.Any(n => n.Contains(target)) ? null : $"{name} is in no network of allow";
    }

    private static string? NeverBecause(IPAddress address) =>
        Never.Where(n => n.Network.Contains(address)).Select(n => $"{n.Why} ({n.Network})").FirstOrDefault();

    private static IEnumerable<(IPAddress Address, string Form)> EmbeddedIn(IPAddress address)
    {
        // ::1 has the shape of an IPv4-compatible address, but is none (RFC 4291, 2.5.5.1).
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
            yield break;

        var bytes = address.GetAddressBytes();
        foreach (var (_, form, offsets) in Embeddings.Where(e => e.Network.Contains(address)))
        {
            foreach (var offset in offsets)
                yield return (new IPAddress(bytes.AsSpan(offset, 4)), form);

            // Teredo stores the client's IPv4 address with all bits inverted (RFC 4380, section 4).
            if (form == "Teredo")
                yield return (new IPAddress([.. bytes[12..].Select(b => (byte)~b)]), form);
        }
    }
}
