using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>Reads <c>webhook</c> of a hook.</summary>
internal static partial class WebhookReader
{
    // Settings are for the template of the body.
    public static readonly KindReader Kind = new(
        WebhookConfig.Name, ["url", "secrets", "timeout", "concurrency", "allow", "body", "content_type", "headers"], ["await", "min_interval", "replace", "timeout"],
        (section, _, findings) => Read(section, findings))
    {
        NotWithThese = settings => settings is WebhookConfig { Body: null } ? ["settings"] : [],
    };

    private static readonly WebhookConfig Defaults = new() { Url = new Uri("http://localhost/") };
    private static readonly ValueParser<int> Concurrency = Values.IntegerFrom(1, 100);
    private static readonly ListKind<string> Secrets = new(Values.SecretFile, "use a list of the files that hold them");
    private static readonly ListKind<IPNetwork> Allow = new(AddressValues.Network, "use a list of networks, such as [10.0.0.0/8]");

    /// <summary>The template of the body: a path, the name of one that is shipped, or the template itself.</summary>
    private static readonly ValueParser<string> Template = new(
        $"use a template's full path, from /, one of those that are shipped ({Sentence.Or(WebhookConfig.Bodies)}), or the template itself, with {{{{ and }}}}", ReadTemplate);

    /// <summary>A media type.</summary>
    private static readonly ValueParser<string> ContentType = new("use one such as application/json", (YamlScalar scalar, out string value) =>
    {
        value = scalar.Text;
        return MediaTypeHeaderValue.TryParse(value, out _) ? null : "is not a media type";
    });

    /// <summary>The value of a header, or after file: the path of a file that holds it. Errors do not repeat it, since it may be a secret.</summary>
    private static readonly ValueParser<(string Text, bool IsFile)> HeaderValue = new(
        "use text in ASCII, or file: and the full path, from /, of a file that holds it", (YamlScalar scalar, out (string Text, bool IsFile) value) =>
    {
        var isFile = scalar.Text.StartsWith("file:/", StringComparison.Ordinal);
        value = (isFile ? scalar.Text["file:".Length..] : scalar.Text, isFile);
        return value.Text.All(c => c is >= ' ' and <= '~') ? null : "has a character that headers cannot have";
    })
    {
        Secret = true,
    };

    // These say what the request is, and are made for each request.
    private static readonly string[] Ours =
    [
        "content-type", "content-length", "content-encoding", "transfer-encoding", "host", "connection", "upgrade", "te", "trailer", "expect", "keep-alive", "proxy-connection",
        "webhook-id", "webhook-timestamp", "webhook-signature", "traceparent", "tracestate",
    ];

    private static WebhookConfig Read(Section section, Diagnostics findings) => new()
    {
        Url = section.Required("url", AddressValues.Url)?.Value ?? Defaults.Url,
        SecretFiles = section.OptionalList("secrets", Secrets) ?? Defaults.SecretFiles,
        Timeout = section.Optional("timeout", Values.RunTime)?.Value ?? Defaults.Timeout,
        Concurrency = section.Optional("concurrency", Concurrency)?.Value ?? Defaults.Concurrency,
        Allow = section.OptionalList("allow", Allow) ?? Defaults.Allow,
        Body = section.Optional("body", Template)?.Value,
        ContentType = section.Optional("content_type", ContentType)?.Value,
        Headers = Headers(section, findings),
    };

    private static List<WebhookHeader> Headers(Section webhook, Diagnostics findings)
    {
        var read = new List<WebhookHeader>();
        if (webhook.Find("headers") is not { } entry)
            return read;

        var path = webhook.PathOf("headers");
        if (entry.Value is not YamlMap map)
        {
            findings.Problem(entry.Line, path, $"{(entry.Value.IsNull ? "has no value" : $"is {entry.Value.Shown}")}, use a mapping of names to values");
            return read;
        }

        var headers = new Section(map, path, entry.Line, null, findings);
        foreach (var header in map.Entries)
        {
            if (NameProblem(header.Key) is { } problem)
                findings.Problem(header.Line, headers.PathOf(header.Key), problem);
            else if (headers.Required(header.Key, HeaderValue) is { } value)
                read.Add(new WebhookHeader(header.Key, value.Value.Text, value.Value.IsFile));
        }

        return read;
    }

    /// <summary>Why a header cannot be set; null if it can.</summary>
    private static string? NameProblem(string name) =>
        !NameFormat().IsMatch(name) ? "is not the name of a header, use letters, digits and -"
        : name.Equals("content-type", StringComparison.OrdinalIgnoreCase) ? "is made by the server, use content_type"
        : Ours.Contains(name, StringComparer.OrdinalIgnoreCase) ? "is made by the server, remove it"
        : null;

    private static string? ReadTemplate(YamlScalar scalar, out string value)
    {
        value = scalar.Text;
        if (WebhookConfig.IsTemplateItself(value) || WebhookConfig.Bodies.Contains(value))
            return null;

        if (value.StartsWith('/'))
            return Values.File.Reader(scalar, out value);

        return Suggestion.For(value, WebhookConfig.Bodies) is { } meant ? $"is not a template (did you mean '{meant}'?)" : "is not a template";
    }

    [GeneratedRegex(@"\A[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NameFormat();
}
