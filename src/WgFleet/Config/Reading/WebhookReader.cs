using System.Net;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>Reads <c>webhook</c> of a hook.</summary>
internal static class WebhookReader
{
    public static readonly KindReader Kind = KindReader.Delivery(WebhookConfig.Name, ["url", "secrets", "timeout", "concurrency", "allow"], Read);

    private static readonly WebhookConfig Defaults = new() { Url = new Uri("http://localhost/") };
    private static readonly ValueParser<int> Concurrency = Values.IntegerFrom(1, 100);
    private static readonly ListKind<string> Secrets = new(Values.SecretFile, "use a list of the files that hold them");
    private static readonly ListKind<IPNetwork> Allow = new(AddressValues.Network, "use a list of networks, such as [10.0.0.0/8]");

    private static WebhookConfig Read(Section section) => new()
    {
        Url = section.Required("url", AddressValues.Url)?.Value ?? Defaults.Url,
        SecretFiles = section.OptionalList("secrets", Secrets) ?? Defaults.SecretFiles,
        Timeout = section.Optional("timeout", Values.RunTime)?.Value ?? Defaults.Timeout,
        Concurrency = section.Optional("concurrency", Concurrency)?.Value ?? Defaults.Concurrency,
        Allow = section.OptionalList("allow", Allow) ?? Defaults.Allow,
    };
}
