using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace WgFleet.Config;

/// <summary>A hook that calls an HTTP endpoint: <c>webhook</c>.</summary>
internal sealed record WebhookConfig : DeliveryConfig
{
    public const string Name = "webhook";

    /// <summary>The content type of a body by a template, unless the configuration says another.</summary>
    public const string Json = "application/json";

    /// <summary>The body that makes alerts of events that begin and end something.</summary>
    public const string Alertmanager = "alertmanager";

    /// <summary>The names of the bodies that are shipped.</summary>
    public static readonly IReadOnlyList<string> Bodies = ["slack", "discord", "ntfy", Alertmanager];

    public required Uri Url { get; init; }

    /// <summary>Files with one secret each (<c>whsec_</c> and base64, or raw base64). All of them sign, so that keys can be rotated.</summary>
    public IReadOnlyList<string> SecretFiles { get; init; } = [];

    /// <summary>The template of the body: an absolute path, the name of one that is shipped, or the template itself; null sends the event as it is.</summary>
    public string? Body { get; init; }

    /// <summary>What the Content-Type of the request is; null for the one that fits the body.</summary>
    public string? ContentType { get; init; }

    /// <summary>More headers of the request.</summary>
    public IReadOnlyList<WebhookHeader> Headers { get; init; } = [];

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

    /// <summary>The content type of a body by the template.</summary>
    public string ContentTypeOfBody => ContentType ?? Json;

    /// <summary>Whether the content type of a body by the template says that it is JSON.</summary>
    public bool IsJson => MediaTypeHeaderValue.Parse(ContentTypeOfBody).MediaType is { } type
        && (type.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public override IEnumerable<(string Key, string Value)> Shown =>
    [
        ("url", Source),
        ("secrets", SecretFiles.Count == 0 ? "none" : string.Join(' ', SecretFiles)),
        ("concurrency", Concurrency.ToString(CultureInfo.InvariantCulture)),
        .. Allow.Count == 0 ? [] : new[] { ("allow", string.Join(' ', Allow)) },
        .. Body is null ? [] : new[] { ("body", Body.ReplaceLineEndings(" ").Trim()) },
        .. Body is null && ContentType is null ? [] : new[] { ("content_type", ContentTypeOfBody) },
        .. Headers.Count == 0 ? [] : new[] { ("headers", string.Join(' ', Headers.Select(h => h.Name))) },
    ];

    /// <summary>Whether a body is the template itself instead of its name.</summary>
    public static bool IsTemplateItself(string body) => body.Contains("{{", StringComparison.Ordinal);
}

/// <summary>A header of a webhook's requests. Its value may be a secret, and is never shown.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, or a path.</param>
/// <param name="IsFile">Whether the value is the path of a file that only its owner may open and that holds the value.</param>
internal sealed record WebhookHeader(string Name, string Value, bool IsFile);
