using System.Security.Cryptography;
using System.Text;
using WgFleet.Config;
using WgFleet.Linux.Secrets;

namespace WgFleet.Hooks.Deliveries.Webhook;

/// <summary>The headers of a webhook that the configuration has, such as Authorization. Files that hold one are read again at every attempt.</summary>
internal static class ExtraHeaders
{
    private const int LongestFile = 4096;

    /// <summary>Says what is wrong with the file of a header, in a sentence for the operator; null if it can be used.</summary>
    public static string? Problem(WebhookHeader header)
    {
        try
        {
            _ = ValueOf(header);
            return null;
        }
        catch (WebhookException e)
        {
            return e.Message;
        }
    }

    /// <exception cref="WebhookException">A file cannot be read, or holds no header.</exception>
    public static void Add(HttpRequestMessage request, IReadOnlyList<WebhookHeader> headers)
    {
        foreach (var header in headers)
        {
            var value = ValueOf(header);
            if (!request.Headers.TryAddWithoutValidation(header.Name, value))
                request.Content!.Headers.TryAddWithoutValidation(header.Name, value);
        }
    }

    private static string ValueOf(WebhookHeader header)
    {
        if (!header.IsFile)
            return header.Value;

        var buffer = new byte[LongestFile];
        try
        {
            var value = Encoding.UTF8.GetString(buffer, 0, SecretText.Read(header.Value, buffer)).Trim();
            return value.Length > 0 && value.All(c => c is >= ' ' and <= '~')
                ? value
                : throw new WebhookException($"secret file {header.Value} does not hold one line of ASCII, as the header {header.Name} needs");
        }
        catch (IOException e)
        {
            throw new WebhookException(e.Message);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }
}
