using System.Globalization;
using System.Net;

namespace WgFleet.Config;

/// <summary>A hook that calls an HTTP endpoint: <c>webhook</c>.</summary>
internal sealed record WebhookConfig : DeliveryConfig
{
    public const string Name = "webhook";

    public required Uri Url { get; init; }

    /// <summary>Files with one secret each (<c>whsec_</c> and base64, or raw base64). All of them sign, so that keys can be rotated.</summary>
    public IReadOnlyList<string> SecretFiles { get; init; } = [];

    /// <inheritdoc/>
    public override TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public override int Concurrency { get; init; } = 4;

    /// <summary>The only networks it may connect to; empty allows all but link-local, metadata, unspecified and multicast addresses.</summary>
    public IReadOnlyList<IPNetwork> Allow { get; init; } = [];

    /// <inheritdoc/>
    public override string Key => Name;

    /// <summary>Without the path: some receivers have a secret in it.</summary>
    public override string Source => Url.GetLeftPart(UriPartial.Authority);

    /// <inheritdoc/>
    public override IEnumerable<(string Key, string Value)> Shown =>
    [
        ("url", Source),
        ("secrets", SecretFiles.Count == 0 ? "none" : string.Join(' ', SecretFiles)),
        ("concurrency", Concurrency.ToString(CultureInfo.InvariantCulture)),
        .. Allow.Count == 0 ? [] : new[] { ("allow", string.Join(' ', Allow)) },
    ];
}
