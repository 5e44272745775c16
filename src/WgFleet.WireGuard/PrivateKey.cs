using System.Diagnostics;

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
    public static PrivateKey Generate() => throw new NotImplementedException();

    /// <summary>Takes over 32 bytes and computes the public key.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static PrivateKey FromBytes(ReadOnlySpan<byte> bytes) => throw new NotImplementedException();

    /// <summary>Reads base64 as wg(8) prints it.</summary>
    /// <exception cref="FormatException">Not a key; the message does not repeat the text.</exception>
    public static PrivateKey Parse(string text) => throw new NotImplementedException();

    /// <summary>The key in base64: the one way to get at it, for a configuration file that only its owner reads.</summary>
    public string Reveal() => Convert.ToBase64String(_bytes);

    /// <inheritdoc/>
    public override string ToString() => "(hidden)";
}
