using System.Diagnostics;
using System.Security.Cryptography;

namespace WgFleet.WireGuard;

/// <summary>A WireGuard private key. Prints as "(hidden)", so that no log or page ever shows one by accident.</summary>
[DebuggerDisplay("(hidden)")]
public sealed class PrivateKey
{
    private readonly byte[] _bytes;

    private PrivateKey(byte[] bytes, WireGuardKey publicKey)
    {
        _bytes = bytes;
        PublicKey = publicKey;
    }

    /// <summary>The public key that belongs to it.</summary>
    public WireGuardKey PublicKey { get; }

    /// <summary>Makes a new key from the operating system's randomness; about 50 µs of computing.</summary>
    public static PrivateKey Generate()
    {
        Span<byte> bytes = stackalloc byte[WireGuardKey.Length];
        RandomNumberGenerator.Fill(bytes);

        // RFC 7748 section 5. Every user of the key clamps it again; stored keys look as those of `wg genkey` all the same.
        bytes[0] &= 0b1111_1000;
        bytes[31] = (byte)((bytes[31] & 0b0111_1111) | 0b0100_0000);

        var key = FromBytes(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    /// <summary>Takes over 32 bytes and computes the public key.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static PrivateKey FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != WireGuardKey.Length)
            throw new ArgumentException($"a WireGuard key has {WireGuardKey.Length} bytes, not {bytes.Length}", nameof(bytes));

        Span<byte> publicKey = stackalloc byte[WireGuardKey.Length];
        Interop.DerivePublicKey(bytes, publicKey);
        return new PrivateKey(bytes.ToArray(), new WireGuardKey(publicKey));
    }

    /// <summary>Reads base64 as wg(8) prints it.</summary>
    /// <exception cref="FormatException">Not a key; the message does not repeat the text.</exception>
    public static PrivateKey Parse(string text)
    {
        if (!WireGuardKey.TryParse(text, out var key))
            throw new FormatException("not a WireGuard private key (44 characters of base64)");

        Span<byte> bytes = stackalloc byte[WireGuardKey.Length];
        key.CopyTo(bytes);
        var privateKey = FromBytes(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return privateKey;
    }

    /// <summary>The key in base64: the one way to get at it, for a configuration file that only its owner reads.</summary>
    public string Reveal() => Convert.ToBase64String(_bytes);

    /// <inheritdoc/>
    public override string ToString() => "(hidden)";
}
