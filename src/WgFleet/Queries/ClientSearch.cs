using System.Buffers;
using WgFleet.Fleets.State;
using WgFleet.WireGuard;

namespace WgFleet.Queries;

/// <summary>Finds a text, in any case, in the name, address, key, source or facts of clients; allocates nothing per client.</summary>
internal sealed class ClientSearch(string text)
{
    private static readonly SearchValues<char> InAddress = SearchValues.Create("0123456789abcdefABCDEF:.");
    private static readonly SearchValues<char> InKey = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/=");

    private readonly SearchValues<string> _text = SearchValues.Create([text], StringComparison.OrdinalIgnoreCase);

    // People mostly search for names: if an address or a key cannot hold the text, they need not be formatted.
    private readonly bool _maybeAddress = !text.AsSpan().ContainsAnyExcept(InAddress);
    private readonly bool _maybeKey = !text.AsSpan().ContainsAnyExcept(InKey);

    public bool Finds(RegisteredClient client) =>
        Has(client.Hostname)
        || Has(client.RequestAddress)
        || HasFact(client)
        || (_maybeAddress && HasAddress(client))
        || (_maybeKey && HasKey(client));

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
        return client.Address.TryFormat(address, out var length) && Has(address[..length]);
    }

    private bool HasKey(RegisteredClient client)
    {
        Span<byte> key = stackalloc byte[WireGuardKey.Length];
        Span<char> base64 = stackalloc char[44];
        client.PublicKey.CopyTo(key);
        return Convert.TryToBase64Chars(key, base64, out var length) && Has(base64[..length]);
    }

    private bool Has(ReadOnlySpan<char> value) => value.ContainsAny(_text);
}
