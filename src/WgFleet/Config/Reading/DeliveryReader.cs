using System.Net;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>Reads <c>exec</c> and <c>webhook</c> of a hook.</summary>
internal static class DeliveryReader
{
    private static readonly ExecConfig ExecDefaults = new() { Command = "" };
    private static readonly WebhookConfig WebhookDefaults = new() { Url = new Uri("http://localhost/") };

    private static readonly ValueParser<int> Concurrency = Values.IntegerFrom(1, 100);
    private static readonly ListKind<string> Args = new(Values.Setting, "use a list of arguments, such as [--quiet]") { MayBeEmpty = true, MayRepeat = true };
    private static readonly ListKind<string> Secrets = new(Values.SecretFile, "use a list of the files that hold them");
    private static readonly ListKind<IPNetwork> Allow = new(AddressValues.Network, "use a list of networks, such as [10.0.0.0/8]");

    /// <summary>The program; null if there is none or what stands there is no use, which is noted.</summary>
    public static ExecConfig? Exec(Section hook)
    {
        if (hook.OptionalSection("exec", ConfigKeys.Exec) is not { } section)
            return null;

        return new ExecConfig
        {
            Command = section.Required("command", Values.File)?.Value ?? ExecDefaults.Command,
            Args = section.OptionalList("args", Args) ?? ExecDefaults.Args,
            User = section.Optional("user", Values.User)?.Value ?? ExecDefaults.User,
            Timeout = section.Optional("timeout", Values.RunTime)?.Value ?? ExecDefaults.Timeout,
        };
    }

    /// <summary>The same for the endpoint.</summary>
    public static WebhookConfig? Webhook(Section hook)
    {
        if (hook.OptionalSection("webhook", ConfigKeys.Webhook) is not { } section)
            return null;

        return new WebhookConfig
        {
            Url = section.Required("url", AddressValues.Url)?.Value ?? WebhookDefaults.Url,
            SecretFiles = section.OptionalList("secrets", Secrets) ?? WebhookDefaults.SecretFiles,
            Timeout = section.Optional("timeout", Values.RunTime)?.Value ?? WebhookDefaults.Timeout,
            Concurrency = section.Optional("concurrency", Concurrency)?.Value ?? WebhookDefaults.Concurrency,
            Allow = section.OptionalList("allow", Allow) ?? WebhookDefaults.Allow,
        };
    }
}
