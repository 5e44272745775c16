using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace WgFleet.WireGuard;

/// <summary>All calls out of .NET: X25519 by OpenSSL's libcrypto, which .NET on Linux needs anyway, and netlink sockets by libc.</summary>
internal static unsafe partial class Interop
{
    private const string Crypto = "libcrypto.so.3";

    // NID_X25519 of openssl/obj_mac.h.
    private const int X25519 = 1034;

    // linux/netlink.h
    public const int CapAck = 10;
    public const int ExtAck = 11;

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

    /// <summary>Opens a socket of AF_NETLINK for NETLINK_GENERIC; an invalid handle if that fails, then errno says why.</summary>
    public static SafeFileHandle OpenGenericNetlink()
    {
        const int Netlink = 16, Raw = 3, CloseOnExec = 0x80000, Generic = 16;
        return Socket(Netlink, Raw | CloseOnExec, Generic);
    }

    public static int SetNetlinkOption(SafeFileHandle socket, int option, int value)
    {
        const int SolNetlink = 270;
        return SetSocketOption(socket, SolNetlink, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)), sizeof(int));
    }

    public static int SetReceiveTimeout(SafeFileHandle socket, TimeSpan timeout)
    {
        const int SolSocket = 1, ReceiveTimeout = 20;
        ReadOnlySpan<nint> timeval = [(nint)timeout.TotalSeconds, timeout.Microseconds];
        return SetSocketOption(socket, SolSocket, ReceiveTimeout, MemoryMarshal.AsBytes(timeval), 2 * sizeof(nint));
    }

    public static nint Send(SafeFileHandle socket, ReadOnlySpan<byte> datagram) => Send(socket, datagram, (nuint)datagram.Length, 0);

    /// <summary>Receives a datagram and gives its length, even if it is longer than the buffer; negative for an error.</summary>
    public static nint Receive(SafeFileHandle socket, Span<byte> buffer)
    {
        const int TellWholeLength = 0x20;
        return Receive(socket, buffer, (nuint)buffer.Length, TellWholeLength);
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial SafeFileHandle Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSocketOption(SafeFileHandle socket, int level, int option, ReadOnlySpan<byte> value, int length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeFileHandle socket, ReadOnlySpan<byte> bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeFileHandle socket, Span<byte> bytes, nuint length, int flags);

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
