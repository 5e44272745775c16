using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace WgFleet.Access;

/// <summary>Where a request came from: the TCP source, or what a proxy on this very machine says in X-Forwarded-For.</summary>
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

    /// <summary>As it was said; not necessarily an address.</summary>
    public string Text => _forwarded ?? _remote.ToString();

    /// <summary>The IPv6 address it is; null if it is none.</summary>
    public IPAddress? Address { get; }

    /// <summary>Whether the text is the one spelling of the address under which clients are known.</summary>
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

    /// <summary>Whether what this sender says of others is believed: it is a proxy on this machine.</summary>
    public static bool IsProxy(IPAddress remote) => remote.Equals(IPAddress.Loopback) || remote.Equals(IPAddress.IPv6Loopback);

    /// <summary>The last entry that is not a trusted proxy; if all are, the first.</summary>
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
        // Stricter than IPAddress, which takes brackets, ports and prefix lengths too.
        var zone = text.IndexOf('%', StringComparison.Ordinal);
        var bare = zone < 0 ? text : text[..zone];
        return bare.AsSpan().ContainsAnyExcept(AddressCharacters) || !bare.Contains(':', StringComparison.Ordinal) || zone == text.Length - 1
            ? null
            : IPAddress.TryParse(bare, out var address) ? address : null;
    }
}
