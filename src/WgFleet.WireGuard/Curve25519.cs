using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace WgFleet.WireGuard;

/// <summary>Computes public keys with OpenSSL's libcrypto, which .NET on Linux needs anyway; .NET itself has no X25519.</summary>
internal static partial class Curve25519
{
    private const string Crypto = "libcrypto.so.3";

    // NID_X25519 of openssl/obj_mac.h.
    private const int X25519 = 1034;

    /// <summary>Computes the public key that belongs to a private key, including the clamping of RFC 7748.</summary>
    /// <param name="privateKey">32 bytes.</param>
    /// <param name="publicKey">Receives the 32 bytes of the public key.</param>
    /// <exception cref="CryptographicException">This libcrypto does not support X25519.</exception>
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

    /// <summary>Owns an EVP_PKEY of OpenSSL.</summary>
    internal sealed class KeyHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            Free(handle);
            return true;
        }
    }
}
