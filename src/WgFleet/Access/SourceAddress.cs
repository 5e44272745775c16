using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http.Features;

namespace WgFleet.Access;

/// <summary>The source address of a request: that of the connection, or, from a trusted proxy, what X-Forwarded-For says.</summary>
internal sealed class SourceAddress
{
    private const int LongestAddress = 65;
    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789abcdefABCDEF:.");

    private readonly IPAddress _remote;
    private readonly string? _forwarded;

    /// <summary>The source of a request that nobody forwarded.</summary>
    public SourceAddress(IPAddress remote)
    {
        _remote = remote;
        Address = remote;
    }

    /// <summary>The source of a request that a trusted proxy forwarded.</summary>
    public SourceAddress(IPAddress remote, string forwarded)
    {
        (_remote, _forwarded) = (remote, forwarded);
        Address = Parse(forwarded);
    }

    /// <summary>The source as text; a proxy may send anything, so logs escape its control characters.</summary>
    public string Text => _forwarded ?? _remote.ToString();

    /// <summary>The source; null if a proxy sent something that is not an address.</summary>
    public IPAddress? Address { get; }

    /// <summary>Whether a proxy on another machine forwarded the request.</summary>
    public bool IsFromRemoteProxy => _forwarded is not null && !IPAddress.IsLoopback(_remote);

    /// <summary>Whether the text is the canonical spelling of the address (RFC 5952 for IPv6), which is how clients are known.</summary>
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

    /// <summary>The source of a request, which <see cref="ForwardedHeaders"/> has found out.</summary>
    public static SourceAddress Of(HttpContext context) => context.Features.GetRequiredFeature<SourceAddress>();

    private static IPAddress? Parse(string text)
    {
        // IPAddress would also accept brackets and ports.
        var zone = text.IndexOf('%', StringComparison.Ordinal);
        var bare = zone < 0 ? text : text[..zone];
        return bare.AsSpan().ContainsAnyExcept(AddressCharacters) || (!bare.Contains(':', StringComparison.Ordinal) && (zone >= 0 || bare.AsSpan().Count('.') != 3)) || zone == text.Length - 1
            ? null
            : IPAddress.TryParse(bare, out var address) ? address : null;
    }
}
