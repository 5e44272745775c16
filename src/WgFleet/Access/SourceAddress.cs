using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace WgFleet.Access;

/// <summary>The source address of a request: that of the connection, or, from a proxy on this machine, what X-Forwarded-For says.</summary>
internal readonly struct SourceAddress
{
    private const int LongestAddress = 65;
    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789abcdefABCDEF:.");

    private readonly IPAddress _remote;
    private readonly string? _forwarded;

    private SourceAddress(IPAddress remote)
    {
        _remote = remote;
        Address = remote.AddressFamily == AddressFamily.InterNetworkV6 ? remote : null;
    }

    private SourceAddress(IPAddress remote, string forwarded)
    {
        (_remote, _forwarded) = (remote, forwarded);
        Address = Parse(forwarded);
    }

    /// <summary>The source as text; a proxy may send anything, so logs escape its control characters.</summary>
    public string Text => _forwarded ?? _remote.ToString();

    /// <summary>The source if it is an IPv6 address; null if not.</summary>
    public IPAddress? Address { get; }

    /// <summary>Whether the text is the canonical spelling of the address (RFC 5952), which is how clients are known.</summary>
    public bool IsCanonical
    {
        get
        {
            if (_forwarded is null || Address is null)
                return Address is not null;

            Span<char> canonical = stackalloc char[LongestAddress];
            return Address.TryFormat(canonical, out var length) && canonical[..length].SequenceEqual(_forwarded);
        }
    }

    public static SourceAddress Of(HttpContext context)
    {
        var remote = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (IsProxy(remote) && Forwarded(context.Request) is { } forwarded)
            return new(remote, forwarded);

        return new(remote);
    }

    /// <summary>Whether the sender is a proxy on this machine, whose X-Forwarded headers are trusted.</summary>
    public static bool IsProxy(IPAddress remote) => remote.Equals(IPAddress.Loopback) || remote.Equals(IPAddress.IPv6Loopback);

    /// <summary>The last entry that is not a proxy on this machine; if all are, the first. Null without the header.</summary>
    private static string? Forwarded(HttpRequest request)
    {
        if (request.Headers["X-Forwarded-For"] is not [.., { Length: > 0 } line])
            return null;

        if (!line.Contains(','))
            return line.Trim();

        var entries = line.Split(',', StringSplitOptions.TrimEntries);
        return Array.FindLast(entries, entry => entry is not "127.0.0.1" and not "::1") ?? entries[0];
    }

    private static IPAddress? Parse(string text)
    {
        // IPAddress would also accept brackets and ports.
        var zone = text.IndexOf('%', StringComparison.Ordinal);
        var bare = zone < 0 ? text : text[..zone];
        return bare.AsSpan().ContainsAnyExcept(AddressCharacters) || !bare.Contains(':', StringComparison.Ordinal) || zone == text.Length - 1
            ? null
            : IPAddress.TryParse(bare, out var address) ? address : null;
    }
}
