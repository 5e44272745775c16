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
            if (hook.Config?.Replace == true)
                Add("replace", "true");
        }
        else
        {
            Add("max_attempts", Number(hook.MaxAttempts));
            Add("start", (hook.Config?.Start ?? HookStart.Now).ToString().ToLowerInvariant());
        }

        var kind = hook.Config?.Kind;
        Add(kind is DeliveryConfig && hook.Origin == HookOrigin.Config ? $"{kind.Key}.timeout" : "timeout", Duration.ToText(hook.Timeout));
        foreach (var (key, value) in kind?.Shown ?? [])
            Add($"{kind!.Key}.{key}", value);

        foreach (var (name, value) in hook.Settings)
            Add($"settings.{name}", Shown(name, value));
    }

    public static IReadOnlyList<EffectiveSetting> Of(HookDefinition hook) => new EffectiveSettings(hook)._values;

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
