using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using WgFleet.Linux.Secrets;

namespace WgFleet.Hooks.Deliveries.Webhook;

/// <summary>
/// Reads the secrets that sign webhooks, from files that only their owner may open. They are read again at every attempt, so that
/// a changed secret needs no restart and no secret stays in memory. No error message contains any of a file's content.
/// </summary>
internal static class SecretFile
{
    /// <summary>Largest size that is read, in bytes; far more than a secret needs.</summary>
    private const int LongestFile = 4096;

    private static ReadOnlySpan<byte> Prefix => "whsec_"u8;

    private static ReadOnlySpan<byte> Blanks => " \t\r\n"u8;

    /// <summary>Says what is wrong with the file, in a sentence for the operator; null if the secret can be used.</summary>
    public static string? Problem(string path)
    {
        try
        {
            CryptographicOperations.ZeroMemory(Read(path));
            return null;
        }
        catch (WebhookException e)
        {
            return e.Message;
        }
    }

    /// <summary>Reads the secret: 24 to 64 bytes, as Standard Webhooks requires. The caller has to overwrite it after use.</summary>
    /// <exception cref="WebhookException">The file is missing, others can read it, or it contains no secret.</exception>
    public static byte[] Read(string path)
    {
        var text = new byte[LongestFile];
        var secret = new byte[LongestFile];
        try
        {
            var trimmed = text.AsSpan(0, ReadText(path, text)).Trim(Blanks);
            if (trimmed.StartsWith(Prefix))
                trimmed = trimmed[Prefix.Length..];

            if (Base64.DecodeFromUtf8(trimmed, secret, out _, out var length) != OperationStatus.Done)
                throw new WebhookException($"secret file {path} holds no base64: write a secret to it, as whsec_ and the base64 of 24 to 64 random bytes");

            if (length is < 24 or > 64)
                throw new WebhookException($"secret file {path} holds a secret of {length} bytes: it must be 24 to 64 long");

            return secret.AsSpan(0, length).ToArray();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static int ReadText(string path, Span<byte> buffer)
    {
        try
        {
            return SecretText.Read(path, buffer);
        }
        catch (IOException e)
        {
            throw new WebhookException(e.Message);
        }
    }
}
