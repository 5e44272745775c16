using System.Net;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Webhook;

namespace WgFleet.Tests.Hooks.Deliveries.Webhook;

/// <summary>What tests of webhooks send: one event, to where a test says.</summary>
internal static class WebhookSending
{
    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>An attempt at an event whose name and envelope have more than ASCII.</summary>
    public static DeliveryAttempt Attempt()
    {
        var added = new World().Add(hostname: "bagger-ü").Events.Single();
        return new DeliveryAttempt(added, EventEnvelope.Write(added, "example.test"), 1);
    }

    public static WebhookConfig To(Uri url, params string[] secretFiles) => new() { Url = url, SecretFiles = secretFiles };

    /// <summary>One attempt by a delivery of its own.</summary>
    public static async Task<DeliveryOutcome> SendAsync(WebhookConfig config, TimeProvider? time = null, HostResolver? resolve = null)
    {
        using var delivery = new WebhookDelivery(config, time ?? TimeProvider.System, null, resolve);
        return await delivery.DeliverAsync(Attempt(), Ct);
    }

    /// <summary>A DNS in which every name has these addresses.</summary>
    public static HostResolver Resolving(params string[] addresses) => (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());

    /// <summary>Writes a file that only its owner can read.</summary>
    public static string Secret(this Folder folder, string name, string content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var path = folder.File(name);
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, mode);
        return path;
    }
}
