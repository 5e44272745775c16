using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace WgFleet.Access;

/// <summary>Where a request came from: the TCP source, or what a proxy on this very machine says in X-Forwarded-For.</summary>
/// <param name="Text">As it was said; not necessarily an address.</param>
/// <param name="Address">The IPv6 address it is; null if it is none.</param>
internal readonly record struct SourceAddress(string Text, IPAddress? Address)
{
    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789abcdefABCDEF:.");

    public static SourceAddress Of(HttpContext context)
    {
        var remote = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (IsTrusted(remote) && Forwarded(context.Request) is { } forwarded)
            return new(forwarded, Parse(forwarded));

        return new(remote.ToString(), remote.AddressFamily == AddressFamily.InterNetworkV6 ? remote : null);
    }

    /// <summary>Whether the text is the one spelling of the address under which clients are known.</summary>
    public bool IsCanonical => Address is { } address && Text == address.ToString();

    private static bool IsTrusted(IPAddress remote) => remote.Equals(IPAddress.Loopback) || remote.Equals(IPAddress.IPv6Loopback);

    /// <summary>The last entry that is not a trusted proxy; if all are, the first.</summary>
    private static string? Forwarded(HttpRequest request)
    {
        if (request.Headers["X-Forwarded-For"] is not [.., { Length: > 0 } line])
            return null;

        var entries = line.Split(',', StringSplitOptions.TrimEntries);
        return Array.FindLast(entries, entry => entry is not "127.0.0.1" and not "::1") ?? entries[0];
    }

    private static IPAddress? Parse(string text)
    {
        // Stricter than IPAddress, which takes brackets, ports and prefix lengths too.
        var zone = text.IndexOf('%', StringComparison.Ordinal);
        var bare = zone < 0 ? text : text[..zone];
        return bare.AsSpan().ContainsAnyExcept(AddressCharacters) || !bare.Contains(':', StringComparison.Ordinal) || zone == text.Length - 1
            ? null
            : IPAddress.TryParse(bare, out var address) ? address : null;
    }
}
