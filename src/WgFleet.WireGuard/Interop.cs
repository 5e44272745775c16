using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace WgFleet.WireGuard;

/// <summary>All calls out of .NET: X25519 by OpenSSL's libcrypto, which .NET on Linux needs anyway.</summary>
internal static unsafe partial class Interop
{
    private const string Crypto = "libcrypto.so.3";

    // NID_X25519 of openssl/obj_mac.h.
    private const int X25519 = 1034;

    /// <summary>Computes the public key of a private one; the clamping of RFC 7748 is part of it.</summary>
    /// <param name="privateKey">32 bytes.</param>
    /// <param name="publicKey">Where the 32 bytes go.</param>
    /// <exception cref="CryptographicException">This libcrypto knows no X25519.</exception>
    public static void DerivePublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        using var key = NewRawPrivateKey(X25519, 0, privateKey, (nuint)privateKey.Length);
        var length = (nuint)publicKey.Length;
        if (key.IsInvalid || GetRawPublicKey(key, publicKey, ref length) != 1 || length != WireGuardKey.Length)
            throw new CryptographicException($"{Crypto} could not compute an X25519 public key");
    }

    [LibraryImport(Crypto, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    private static partial KeyHandle NewRawPrivateKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Crypto, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    private static partial int GetRawPublicKey(KeyHandle key, Span<byte> publicKey, ref nuint length);

    [LibraryImport(Crypto, EntryPoint = "EVP_PKEY_free")]
    private static partial void Free(nint key);

    /// <summary>An EVP_PKEY, freed once.</summary>
    internal sealed class KeyHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            Free(handle);
            return true;
        }
    }
}
