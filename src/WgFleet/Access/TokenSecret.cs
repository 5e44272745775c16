using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace WgFleet.Access;

/// <summary>
/// A token as its holder sends it: <c>wgf_ID_SECRET</c>, eight hexadecimal digits that name it and 256 random bits. ToString does not
/// show it, so that no log, page or answer does by accident.
/// </summary>
internal readonly struct TokenSecret
{
    private const string Prefix = "wgf_";
    private const int IdLength = 8;
    private const int SecretBytes = 32;

    private static readonly int Length = Prefix.Length + IdLength + 1 + Base64Url.GetEncodedLength(SecretBytes);

    private readonly string _text;

    private TokenSecret(string text) => _text = text;

    public string Id => _text.Substring(Prefix.Length, IdLength);

    /// <summary>The SHA-256 of the whole text, as lower-case hexadecimal. It needs no salt: it has 256 random bits.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_text)));

    /// <summary>Makes a new token.</summary>
    public static TokenSecret Generate()
    {
        Span<byte> secret = stackalloc byte[SecretBytes];
        RandomNumberGenerator.Fill(secret);
        return new($"{Prefix}{RandomNumberGenerator.GetHexString(IdLength, lowercase: true)}_{Base64Url.EncodeToString(secret)}");
    }

    /// <summary>Reads a token; false if the text does not have the form of one.</summary>
    public static bool TryRead([NotNullWhen(true)] string? text, out TokenSecret secret)
    {
        secret = new(text ?? "");
        return text is not null && text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal) && text[Prefix.Length + IdLength] == '_';
    }

    /// <summary>Whether the token has this hash; compares in constant time.</summary>
    public bool Matches(string hash) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash), Encoding.ASCII.GetBytes(hash));

    /// <summary>The text, to show to its new holder once.</summary>
    public string Reveal() => _text;

    public override string ToString() => "(a token)";
}
