using System.Buffers;
using WgFleet.Fleets.State;
using WgFleet.Store;
using WgFleet.WireGuard;

namespace WgFleet.Queries;

/// <summary>
/// Finds a text, in any case, in the name, full name, address, source, tags or facts of clients; allocates nothing per client. A key is found by its beginning, as
/// pages show it, or as a whole: a bit of it would match what nobody looked for.
/// </summary>
/// <param name="text">The text.</param>
/// <param name="domain">The domain of full names.</param>
internal sealed class ClientSearch(string text, string domain)
{
    /// <summary>The length of a key as pages show it.</summary>
    public const int ShownKey = 16;

    private const int KeyLength = 44;
    private static readonly SearchValues<char> InAddress = SearchValues.Create("0123456789abcdefABCDEF:.");

    private readonly SearchValues<string> _text = SearchValues.Create([text], StringComparison.OrdinalIgnoreCase);

    // People mostly search for names: if an address or a full name cannot hold the text, they need not be formatted.
    private readonly bool _maybeAddress = !text.AsSpan().ContainsAnyExcept(InAddress);
    private readonly bool _maybeFullName = text.Contains('.', StringComparison.Ordinal);
    private readonly string? _key = text.TrimEnd('.') is { Length: >= ShownKey and <= KeyLength } key ? key : null;

    // Thousands of clients of one token share their tags.
    private IReadOnlyDictionary<string, string> _tags = Tags.None;
    private bool _isInTags;

    public bool Finds(RegisteredClient client) =>
        Has(client.Hostname)
        || Has(client.RequestAddress)
        || (_maybeFullName && client.Hostname is not null && HasFullName(client))
        || (client.Tags.Count > 0 && HasTag(client.Tags))
        || HasFact(client)
        || (_maybeAddress && HasAddress(client))
        || (_key is not null && HasKey(client, _key));

    private bool HasFullName(RegisteredClient client)
    {
        Span<char> name = stackalloc char[512];
        return name.TryWrite($"{client.Hostname}.{client.Fleet}.{domain}", out var length) && Has(name[..length]);
    }

    private bool HasTag(IReadOnlyDictionary<string, string> tags)
    {
        if (ReferenceEquals(tags, _tags))
            return _isInTags;

        _tags = tags;
        return _isInTags = tags.Any(t => Has($"{t.Key}={t.Value}"));
    }

    private bool HasFact(RegisteredClient client)
    {
        if (client.Facts.Count == 0)
            return false;

        foreach (var (_, value) in client.Facts)
        {
            if (Has(value))
                return true;
        }

        return false;
    }

    private bool HasAddress(RegisteredClient client)
    {
        Span<char> address = stackalloc char[64];
        return (client.Address.TryFormat(address, out var length) && Has(address[..length]))
            || (client.SecondAddress is { } second && second.TryFormat(address, out length) && Has(address[..length]));
    }

    private static bool HasKey(RegisteredClient client, string beginning)
    {
        Span<byte> key = stackalloc byte[WireGuardKey.Length];
        Span<char> base64 = stackalloc char[KeyLength];
        client.PublicKey.CopyTo(key);
        return Convert.TryToBase64Chars(key, base64, out var length) && base64[..length].StartsWith(beginning);
    }

    private bool Has(ReadOnlySpan<char> value) => value.ContainsAny(_text);
}
