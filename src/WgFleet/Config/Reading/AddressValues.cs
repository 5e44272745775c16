using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>The kinds of value in wg-fleet.yaml that are addresses.</summary>
internal static partial class AddressValues
{
    /// <summary>An IPv6 address: no prefix length, no zone, no brackets.</summary>
    public static readonly ValueParser<IPAddress> Ip6 = new("use one such as fd00:a0a8:34d:a0::1, without prefix or zone",
        (YamlScalar scalar, out IPAddress value) => TryIp6(scalar.Text, out value) ? null : "is not an IPv6 address");

    /// <summary>An IPv6 subnet; host bits are left in.</summary>
    public static readonly ValueParser<(IPAddress Address, int Prefix)> Subnet = new("use one such as fd00:a0a8:34d:a0::/64", ReadSubnet);

    /// <summary>An IPv4 address that a host can have: no prefix length.</summary>
    public static readonly ValueParser<IPAddress> Ip4 = new("use one such as 10.7.0.1, without prefix", (YamlScalar scalar, out IPAddress value) =>
        !TryIp4(scalar.Text, out value) ? "is not an IPv4 address" : value.GetAddressBytes()[0] is 0 or 127 or >= 224 ? "is not an address that a host can have" : null);

    /// <summary>An IPv4 subnet; host bits are left in.</summary>
    public static readonly ValueParser<(IPAddress Address, int Prefix)> Subnet4 = new("use one such as 10.7.0.0/16", ReadSubnet4);

    /// <summary>Where clients find the gateway; brackets around an IPv6 address are dropped.</summary>
    public static readonly ValueParser<string> ExternalIp = new("use an IPv4 address, an IPv6 address (quoted if in brackets) or a DNS name, without port",
        ReadExternalIp);

    /// <summary>An address and a port to listen on.</summary>
    public static readonly ValueParser<IPEndPoint> EndPoint = new("use one such as 0.0.0.0:8000 or \"[::]:8000\"", ReadEndPoint);

    /// <summary>A network of either family.</summary>
    public static readonly ValueParser<IPNetwork> Network = new("use one such as 10.0.0.0/8 or fd00::/8", ReadNetwork);

    /// <summary>An address of a DNS server, or a domain in which short names are looked for.</summary>
    public static readonly ValueParser<string> Dns = new("use an address such as fd00:a0a8:34d:a0::1, or a domain such as fleet.example.com", ReadDns);

    /// <summary>Where events are sent. It may hold a token, if not a password.</summary>
    public static readonly ValueParser<Uri> Url = new("use one such as https://example.com/events", ReadUrl) { Secret = true };

    /// <summary>A server's URL: scheme, host, port, and nothing that a shell would read as something else.</summary>
    public static readonly ValueParser<Uri> PublicUrl = new("use one such as https://fleet.example.com", ReadPublicUrl);

    private static string? ReadPublicUrl(YamlScalar scalar, out Uri value)
    {
        value = null!;
        var match = PublicUrlFormat().Match(scalar.Text);
        if (!match.Success || !Uri.TryCreate(scalar.Text, UriKind.Absolute, out var url))
            return "is not an http or https URL of a host, without a path";

        value = url;
        return null;
    }

    private static string? ReadDns(YamlScalar scalar, out string value)
    {
        value = scalar.Text;
        if (TryIp6(scalar.Text, out var address) || TryIp4(scalar.Text, out address))
        {
            value = address.ToString();
            return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? "is no address of a server" : null;
        }

        return scalar.IsText && DnsName.IsValid(value) ? null : "is neither an address nor a domain";
    }

    private static string? ReadNetwork(YamlScalar scalar, out IPNetwork value)
    {
        value = default;
        var slash = scalar.Text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return "has no prefix length";

        if (!TryIp6(scalar.Text[..slash], out var address) && !TryIp4(scalar.Text[..slash], out address))
            return "is not a network";

        var longest = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (!int.TryParse(scalar.Text.AsSpan(slash + 1), NumberStyles.None, null, out var prefix) || prefix > longest)
            return $"has no prefix length from 0 to {longest}";

        // The framework drops bits beyond the prefix; here they are more likely a network that is smaller than meant.
        value = IPNetwork.Parse(scalar.Text);
        return value.BaseAddress.Equals(address) ? null : "has host bits set";
    }

    private static string? ReadUrl(YamlScalar scalar, out Uri value)
    {
        value = null!;
        if (!Uri.TryCreate(scalar.Text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
            return "is not an http or https URL";

        value = url;
        return url.UserInfo.Length > 0 ? "has a user or password in it, which nothing would send" : url.Fragment.Length > 0
            ? "has a fragment (#), which nothing would send" : null;
    }

    private static string? ReadSubnet(YamlScalar scalar, out (IPAddress Address, int Prefix) value)
    {
        value = default;
        var slash = scalar.Text.IndexOf('/', StringComparison.Ordinal);
        if (!TryIp6(slash < 0 ? scalar.Text : scalar.Text[..slash], out var address))
            return "is not an IPv6 subnet";

        if (slash < 0)
            return "has no prefix length";

        if (!int.TryParse(scalar.Text.AsSpan(slash + 1), NumberStyles.None, null, out var prefix) || prefix > 128)
            return "has no prefix length from 0 to 128";

        value = (address, prefix);
        return prefix <= 126 ? null : "has no room for a client beside the gateway";
    }

    private static string? ReadSubnet4(YamlScalar scalar, out (IPAddress Address, int Prefix) value)
    {
        value = default;
        var slash = scalar.Text.IndexOf('/', StringComparison.Ordinal);
        if (!TryIp4(slash < 0 ? scalar.Text : scalar.Text[..slash], out var address))
            return "is not an IPv4 subnet";

        if (slash < 0)
            return "has no prefix length";

        if (!int.TryParse(scalar.Text.AsSpan(slash + 1), NumberStyles.None, null, out var prefix) || prefix is < 1 or > 32)
            return "has no prefix length from 1 to 32";

        value = (address, prefix);
        return prefix <= 31 ? null : "has no room for a client beside the gateway";
    }

    private static string? ReadExternalIp(YamlScalar scalar, out string value)
    {
        value = scalar.Text is ['[', .. var inner, ']'] ? inner : scalar.Text;
        var bracketed = value.Length != scalar.Text.Length;
        var valid = TryIp6(value, out _) || (!bracketed && scalar.IsText && (TryIp4(value, out _) || DnsName.IsValid(value)));
        return valid ? null : "is not an address";
    }

    private static string? ReadEndPoint(YamlScalar scalar, out IPEndPoint value)
    {
        value = null!;
        var match = EndPointFormat().Match(scalar.Text);
        if (!match.Success
            || !(TryIp6(match.Groups["ip6"].Value, out var address) || TryIp4(match.Groups["ip4"].Value, out address))
            || !int.TryParse(match.Groups["port"].ValueSpan, NumberStyles.None, null, out var port)
            || port is < 1 or > 65535)
        {
            return "is not an address and a port";
        }

        value = new IPEndPoint(address, port);
        return null;
    }

    // The framework's parser takes prefix lengths, zones, ports and brackets as well, and 127.1 or 0x7f000001 for IPv4.
    private static bool TryIp6(string text, out IPAddress address)
    {
        address = IPAddress.IPv6None;
        if (!Ip6Format().IsMatch(text) || !IPAddress.TryParse(text, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
            return false;

        address = parsed;
        return true;
    }

    private static bool TryIp4(string text, out IPAddress address)
    {
        address = IPAddress.None;
        if (!Ip4Format().IsMatch(text) || !IPAddress.TryParse(text, out var parsed))
            return false;

        address = parsed;
        return true;
    }

    [GeneratedRegex(@"\A[0-9a-fA-F]*:[0-9a-fA-F:.]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Ip6Format();

    [GeneratedRegex(@"\A(?:(?:0|[1-9][0-9]{0,2})(?:\.(?!\z)|\z)){4}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Ip4Format();

    [GeneratedRegex(@"\Ahttps?://(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?/?\z", RegexOptions.CultureInvariant)]
    private static partial Regex PublicUrlFormat();

    [GeneratedRegex(@"\A(?:\[(?<ip6>[^\]]*)\]|(?<ip4>[0-9.]+)):(?<port>[1-9][0-9]{0,4})\z", RegexOptions.CultureInvariant)]
    private static partial Regex EndPointFormat();
}
