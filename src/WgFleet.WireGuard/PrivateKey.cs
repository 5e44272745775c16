using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace WgFleet.WireGuard;

/// <summary>A WireGuard private key. Prints as "(hidden)", so that no log and no page shows a key by accident.</summary>
[DebuggerDisplay("(hidden)")]
public sealed class PrivateKey : IEquatable<PrivateKey>
{
    private readonly byte[] _bytes;
    private readonly Lazy<WireGuardKey> _publicKey;

    private PrivateKey(byte[] bytes)
    {
        _bytes = bytes;
        _publicKey = new(() => Derive(bytes));
    }

    /// <summary>The public key that belongs to this key; computed once, which takes about 50 µs.</summary>
    public WireGuardKey PublicKey => _publicKey.Value;

    /// <summary>Generates a key from the operating system's random numbers.</summary>
    public static PrivateKey Generate()
    {
        Span<byte> bytes = stackalloc byte[WireGuardKey.Length];
        RandomNumberGenerator.Fill(bytes);

        // Clamped as in RFC 7748 section 5. Every user of the key clamps it too; this way it looks like a key of `wg genkey`.
        bytes[0] &= 0b1111_1000;
        bytes[31] = (byte)((bytes[31] & 0b0111_1111) | 0b0100_0000);

        var key = FromBytes(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    /// <summary>Copies 32 bytes.</summary>
    /// <exception cref="ArgumentException">There are not 32 bytes.</exception>
    public static PrivateKey FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != WireGuardKey.Length)
            throw new ArgumentException($"a WireGuard key has {WireGuardKey.Length} bytes, not {bytes.Length}", nameof(bytes));

        return new PrivateKey(bytes.ToArray());
    }

    /// <summary>Reads a key in base64, as wg(8) prints it.</summary>
    /// <exception cref="FormatException">The text is not a key; the error message does not repeat the text.</exception>
    public static PrivateKey Parse(string text) =>
        TryParse(text, out var key) ? key : throw new FormatException("not a WireGuard private key (44 characters of base64)");

    /// <summary>Reads a key in base64, as wg(8) prints it; false if the text is not a key.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PrivateKey? privateKey)
    {
        privateKey = null;
        if (!WireGuardKey.TryParse(text, out var key))
            return false;

        Span<byte> bytes = stackalloc byte[WireGuardKey.Length];
        key.CopyTo(bytes);
        privateKey = FromBytes(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return true;
    }

    /// <summary>Returns the key in base64, for a configuration file that only its owner can read.</summary>
    public string Reveal() => Convert.ToBase64String(_bytes);

    /// <summary>Copies the key into <paramref name="destination"/>, at least 32 bytes, which the caller clears after use.</summary>
    internal void CopyTo(Span<byte> destination) => _bytes.CopyTo(destination);

    /// <inheritdoc/>
    public bool Equals(PrivateKey? other) => other is not null && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PrivateKey);

    /// <inheritdoc/>
    public override int GetHashCode() => PublicKey.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => "(hidden)";

    private static WireGuardKey Derive(ReadOnlySpan<byte> bytes)
    {
        Span<byte> publicKey = stackalloc byte[WireGuardKey.Length];
        Curve25519.DerivePublicKey(bytes, publicKey);
        return new WireGuardKey(publicKey);
    }
}
