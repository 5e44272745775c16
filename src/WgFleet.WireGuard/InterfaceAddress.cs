using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WgFleet.WireGuard;

/// <summary>An address of an interface with the prefix length of its subnet; unlike <see cref="IPNetwork"/> it keeps the host bits.</summary>
/// <param name="Address">The address, IPv4 or IPv6.</param>
/// <param name="PrefixLength">The number of leading bits that the subnet shares.</param>
public sealed record InterfaceAddress(IPAddress Address, int PrefixLength)
{
    /// <summary>Reads "fd00::1/64". Without a prefix length the subnet is the address alone, as with wg-quick.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out InterfaceAddress? address)
    {
        ArgumentNullException.ThrowIfNull(text);
        address = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? text : text[..slash];
        if (host.Contains('%', StringComparison.Ordinal) || !IPAddress.TryParse(host, out var ip))
            return false;

        // IPAddress also reads "10.1" and "167772161", which other programs do not accept.
        var isIPv4 = ip.AddressFamily == AddressFamily.InterNetwork;
        if (isIPv4 && host.AsSpan().Count('.') != 3)
            return false;

        var longest = isIPv4 ? 32 : 128;
        var length = longest;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > longest))
            return false;

        address = new InterfaceAddress(ip, length);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Address}/{PrefixLength}";
}
