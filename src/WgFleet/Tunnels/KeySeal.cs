using System.Security.Cryptography;
using System.Text;
using WgFleet.Hosting;
using WgFleet.Linux.Secrets;
using WgFleet.WireGuard;

namespace WgFleet.Tunnels;

/// <summary>Seals the private keys of fleets, which gateways share in their database, with a key file that the database does not have (AES-256-GCM).</summary>
internal sealed class KeySeal
{
    private const int LongestFile = 256;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly byte[] _key;
    private readonly string _path;

    private KeySeal(byte[] key, string path) => (_key, _path) = (key, path);

    /// <summary>Reads the key file: 32 random bytes in base64, as wg genkey writes them. Blocks for the file system.</summary>
    /// <exception cref="StartupException">The file cannot be read, others may open it, or it has no such key.</exception>
    public static KeySeal Read(string path)
    {
        var bytes = new byte[LongestFile];
        try
        {
            var text = Encoding.ASCII.GetString(bytes, 0, SecretText.Read(path, bytes)).Trim();
            var key = new byte[WireGuardKey.Length];
            return text.Length == 44 && Convert.TryFromBase64String(text, key, out var length) && length == key.Length
                ? new KeySeal(key, path)
                : throw new StartupException($"gateway: secret file {path} has no key of 32 bytes in base64: make one with 'wg genkey', and copy it to all gateways");
        }
        catch (IOException e)
        {
            throw new StartupException($"gateway: {e.Message}", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>A fleet's private key, sealed: nobody without the key file can read it, or pass it off as another fleet's.</summary>
    public string Seal(string fleet, PrivateKey key)
    {
        var sealedKey = new byte[NonceLength + TagLength + WireGuardKey.Length];
        var plain = Convert.FromBase64String(key.Reveal());
        RandomNumberGenerator.Fill(sealedKey.AsSpan(0, NonceLength));
        using var cipher = new AesGcm(_key, TagLength);
        cipher.Encrypt(
            sealedKey.AsSpan(0, NonceLength), plain, sealedKey.AsSpan(NonceLength + TagLength), sealedKey.AsSpan(NonceLength, TagLength), Encoding.UTF8.GetBytes(fleet));
        CryptographicOperations.ZeroMemory(plain);
        return Convert.ToBase64String(sealedKey);
    }

    /// <summary>Opens what <see cref="Seal"/> has sealed.</summary>
    /// <exception cref="TunnelException">It was sealed with another key file or for another fleet, or was changed.</exception>
    public PrivateKey Open(string fleet, string text)
    {
        var plain = new byte[WireGuardKey.Length];
        try
        {
            var sealedKey = Convert.FromBase64String(text);
            using var cipher = new AesGcm(_key, TagLength);
            cipher.Decrypt(
                sealedKey.AsSpan(0, NonceLength), sealedKey.AsSpan(NonceLength + TagLength), sealedKey.AsSpan(NonceLength, TagLength), plain, Encoding.UTF8.GetBytes(fleet));
            return PrivateKey.FromBytes(plain);
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            throw new TunnelException($"{_path} does not open the key of fleet {fleet} in the database: copy the key file of the other gateways to this one", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}
