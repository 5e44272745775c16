using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace WgFleet.Hooks.Deliveries.Webhook;

/// <summary>Signs a message as Standard Webhooks specifies: an HMAC-SHA256 over id, timestamp and body, one for each secret.</summary>
internal static class WebhookSignature
{
    /// <returns>The value of the header webhook-signature: "v1," and base64 for each secret, separated by spaces.</returns>
    public static string Of(string id, long timestamp, ReadOnlySpan<byte> body, IEnumerable<byte[]> secrets)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}."));
        var signatures = new List<string>();
        foreach (var secret in secrets)
        {
            using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
            hmac.AppendData(head);
            hmac.AppendData(body);
            signatures.Add($"v1,{Convert.ToBase64String(hmac.GetHashAndReset())}");
        }

        return string.Join(' ', signatures);
    }
}
