using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace WgFleet.WireGuard;

/// <summary>
/// A secret that a peer and the interface share besides their key pairs, so that traffic that was recorded cannot be read even by whoever breaks Curve25519 one day.
/// Prints as "(hidden)", so that no log and no page shows a key by accident.
/// </summary>
[DebuggerDisplay("(hidden)")]
public sealed class PresharedKey : IEquatable<PresharedKey>
{
    private readonly byte[] _bytes;

    private PresharedKey(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    /// <summary>Stands for no preshared key in a change of a peer: 32 bytes of zero, as in WireGuard's own protocol.</summary>
    public static PresharedKey None { get; } = new(stackalloc byte[WireGuardKey.Length]);

    /// <summary>Generates a key from the operating system's random numbers.</summary>
    public static PresharedKey Generate()
    {
        Span<byte> bytes = stackalloc byte[WireGuardKey.Length];
        RandomNumberGenerator.Fill(bytes);
        var key = new PresharedKey(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    /// <summary>Copies 32 bytes; null if all of them are zero, which is how WireGuard says that there is no preshared key.</summary>
    /// <exception cref="ArgumentException">There are not 32 bytes.</exception>
    public static PresharedKey? FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != WireGuardKey.Length)
            throw new ArgumentException($"a WireGuard key has {WireGuardKey.Length} bytes, not {bytes.Length}", nameof(bytes));

        return bytes.ContainsAnyExcept((byte)0) ? new PresharedKey(bytes) : null;
    }

    /// <summary>Reads a key in base64, as wg(8) prints it.</summary>
    /// <exception cref="FormatException">The text is not a key, or that of 32 bytes of zero; the error message does not repeat the text.</exception>
    public static PresharedKey Parse(string text) =>
        TryParse(text, out var key) ? key : throw new FormatException("not a WireGuard preshared key (44 characters of base64)");

    /// <summary>Reads a key in base64, as wg(8) prints it; false if the text is not a key, or that of 32 bytes of zero.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PresharedKey? presharedKey)
    {
        presharedKey = null;
        if (!WireGuardKey.TryParse(text, out var key))
            return false;

        Span<byte> bytes = stackalloc byte[WireGuardKey.Length];
        key.CopyTo(bytes);
        presharedKey = FromBytes(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return presharedKey is not null;
    }

    /// <summary>Returns the key in base64, for the configuration of the client that it is for and for the database.</summary>
    public string Reveal() => Convert.ToBase64String(_bytes);

    /// <summary>Copies the key into <paramref name="destination"/>, at least 32 bytes, which the caller clears after use.</summary>
    internal void CopyTo(Span<byte> destination) => _bytes.CopyTo(destination);

    /// <inheritdoc/>
    public bool Equals(PresharedKey? other) => other is not null && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PresharedKey);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => "(hidden)";
}
