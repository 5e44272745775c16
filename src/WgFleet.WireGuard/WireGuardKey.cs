using System.Runtime.CompilerServices;

namespace WgFleet.WireGuard;

/// <summary>A WireGuard public key (Curve25519, RFC 7748): 32 bytes, compared by value, read and printed as base64.</summary>
public readonly struct WireGuardKey : IEquatable<WireGuardKey>
{
    /// <summary>The length of a key in bytes.</summary>
    public const int Length = 32;

    private readonly Bytes _bytes;

    /// <summary>Copies 32 bytes.</summary>
    /// <exception cref="ArgumentException">There are not 32 bytes.</exception>
    public WireGuardKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            throw new ArgumentException($"a WireGuard key has {Length} bytes, not {bytes.Length}", nameof(bytes));

        bytes.CopyTo(_bytes);
    }

    /// <summary>Returns a copy of the key's bytes.</summary>
    public byte[] ToArray() => ((ReadOnlySpan<byte>)_bytes).ToArray();

    /// <summary>Copies the key into <paramref name="destination"/>, at least 32 bytes.</summary>
    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_bytes).CopyTo(destination);

    /// <summary>Reads a key in base64, as wg(8) prints it: 44 characters, canonical.</summary>
    public static bool TryParse(string? text, out WireGuardKey key)
    {
        Span<byte> bytes = stackalloc byte[Length];
        key = default;
        if (text is not { Length: 44 } || !Convert.TryFromBase64String(text, bytes, out var written) || written != Length)
            return false;

        key = new WireGuardKey(bytes);
        return key.ToString() == text;
    }

    /// <summary>Reads a key in base64, as wg(8) prints it.</summary>
    /// <exception cref="FormatException">The text is not a key.</exception>
    public static WireGuardKey Parse(string text) =>
        TryParse(text, out var key) ? key : throw new FormatException("not a WireGuard key (44 characters of base64)");

    /// <inheritdoc/>
    public bool Equals(WireGuardKey other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is WireGuardKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        // HashCode has a random seed per process, so that nobody can choose keys that collide.
        var hash = new HashCode();
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <summary>The key in base64.</summary>
    public override string ToString() => Convert.ToBase64String(_bytes);

    /// <summary>True if both are the same key.</summary>
    public static bool operator ==(WireGuardKey left, WireGuardKey right) => left.Equals(right);

    /// <summary>True if the keys differ.</summary>
    public static bool operator !=(WireGuardKey left, WireGuardKey right) => !left.Equals(right);

    [InlineArray(Length)]
    private struct Bytes
    {
        private byte _first;
    }
}
