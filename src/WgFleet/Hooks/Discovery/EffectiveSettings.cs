using System.Globalization;
using System.Text.RegularExpressions;
using WgFleet.Config;

namespace WgFleet.Hooks.Discovery;

/// <summary>The effective settings of a hook, with the source of each.</summary>
internal sealed partial class EffectiveSettings
{
    private readonly HookDefinition _hook;
    private readonly List<EffectiveSetting> _values = [];

    private EffectiveSettings(HookDefinition hook)
    {
        _hook = hook;
        Add("fleets", hook.Config?.Fleets ?? "*");
        if (hook.Kind == HookKind.Projection)
        {
            Add("await", hook.Await ? "true" : "false");
            Add("min_interval", Duration.ToText(hook.MinInterval ?? TimeSpan.Zero));
        }
        else
        {
            Add("max_attempts", Number(hook.MaxAttempts));
            Add("start", (hook.Config?.Start ?? HookStart.Now).ToString().ToLowerInvariant());
        }

        var own = hook.Config switch { { Webhook: not null } => "webhook.timeout", { Exec: not null } when hook.Origin == HookOrigin.Config => "exec.timeout", _ => "timeout" };
        Add(own, Duration.ToText(hook.Timeout));
        Add(hook.Config?.Exec);
        Add(hook.Config?.Webhook);
        Add(hook.Config?.Template);
        foreach (var (name, value) in hook.Settings)
            Add($"settings.{name}", Shown(name, value));
    }

    public static IReadOnlyList<EffectiveSetting> Of(HookDefinition hook) => new EffectiveSettings(hook)._values;

    private void Add(ExecConfig? exec)
    {
        if (exec is null)
            return;

        Add("exec.command", exec.Command);
        if (exec.Args.Count > 0)
            Add("exec.args", string.Join(' ', exec.Args));

        Add("exec.user", exec.User);
    }

    private void Add(WebhookConfig? webhook)
    {
        if (webhook is null)
            return;

        // Without the path: some receivers have a secret in it.
        Add("webhook.url", webhook.Url.GetLeftPart(UriPartial.Authority));
        Add("webhook.secrets", webhook.SecretFiles.Count == 0 ? "none" : string.Join(' ', webhook.SecretFiles));
        Add("webhook.concurrency", Number(webhook.Concurrency));
        if (webhook.Allow.Count > 0)
            Add("webhook.allow", string.Join(' ', webhook.Allow));
    }

    private void Add(TemplateConfig? template)
    {
        if (template is null)
            return;

        Add("template.file", template.File);
        Add("template.path", template.Path);
        Add("template.mode", Convert.ToString((int)template.Mode, 8).PadLeft(4, '0'));
        if (template.AfterWrite is { } after)
            Add("template.after_write", $"{after.Signal ?? (after.SystemdUnit is null ? "HUP" : "reload")} to {after.SystemdUnit ?? after.PidFile}{(after.ProcessName is { } name ? $" ({name})" : "")}");
    }

    private void Add(string name, string value)
    {
        var line = _hook.Config?.Place?.LineOf(name);
        var from = line is not null ? "config"
            : _hook.Origin == HookOrigin.BuiltIn ? "hook"
            : name == "exec.command" ? HookOrigin.DropIn.Text()
            : "default";
        _values.Add(new EffectiveSetting(name, value, from, line));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    // A setting of an operator's own hook may be a password.
    private static string Shown(string name, string value) => Secret().IsMatch(name) ? "(not shown)" : Credentials().Replace(value, "://…@");

    [GeneratedRegex("secret|passw|passphrase|token|credential|private|api.?key|\\Akey\\z|_key\\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    [GeneratedRegex("://[^/@ ]*@", RegexOptions.CultureInvariant)]
    private static partial Regex Credentials();
}
