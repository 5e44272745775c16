using WgFleet.Config;
using WgFleet.Hooks.Deliveries.Exec;
using WgFleet.Hooks.Deliveries.Webhook;
using WgFleet.Hooks.Projections.Templates;

namespace WgFleet.Hooks.Discovery;

/// <summary>Defines hooks: of classes, of entries of the configuration, of files in the drop-in directories. Creates nothing.</summary>
internal static class HookDefinitions
{
    /// <summary>Of a class.</summary>
    public static HookDefinition Of(HookClass hook, HooksConfig hooks)
    {
        var attribute = hook.Attribute;
        var name = attribute.Name;
        var entry = hooks.List.FirstOrDefault(h => h.Name == name);
        var isProjection = hook.Kind == HookKind.Projection;
        var definition = new HookDefinition
        {
            Name = name,
            Kind = hook.Kind,
            Origin = HookOrigin.BuiltIn,
            Source = hook.Name,
            Config = entry,
            Order = attribute.Order,
            Events = [.. EventTypes.All.Where(type => isProjection || entry?.Events is not { } listed ? hook.AsksFor(type) : listed.Contains(type))],
            Await = isProjection && (entry?.Await ?? attribute.Await),
            NamedOnly = isProjection && attribute.NamedOnly,
            Timeout = entry?.Timeout ?? TimeSpan.FromSeconds(attribute.TimeoutSeconds),
            MaxAttempts = entry?.MaxAttempts ?? attribute.MaxAttempts,
            MinInterval = isProjection ? entry?.MinInterval ?? TimeSpan.FromSeconds(attribute.MinIntervalSeconds) : null,
            Create = hook.Create,
            Calls = hook.Calls,
        };
        return WithReason(definition, null);
    }

    /// <summary>Of an entry with exec, webhook or template; null for an entry that only sets a hook that is defined elsewhere.</summary>
    public static HookDefinition? Of(HookConfig entry) => entry switch
    {
        { Exec: { } exec } => WithReason(Program(entry, exec, exec.Command, HookOrigin.Config), FirstOf(ExecDelivery.Problems(exec).Select(p => p.Text))),
        { Webhook: { } webhook } => WithReason(Endpoint(entry, webhook), FirstOf(webhook.SecretFiles.Select(SecretFile.Problem))),
        { Template: { } template } => WithReason(Template(entry, template), null),
        _ => null,
    };

    /// <summary>Of a file in a drop-in directory. An entry of the configuration by its name, without a kind, sets what a file cannot say.</summary>
    public static HookDefinition Of(HookFile file, HooksConfig hooks)
    {
        var entry = hooks.List.FirstOrDefault(h => h.Name == file.Name && h is { Exec: null, Webhook: null, Template: null }) ?? new HookConfig { Name = file.Name };
        var exec = new ExecConfig { Command = file.Path };
        exec = exec with { Timeout = entry.Timeout ?? exec.Timeout };
        var definition = Program(entry with { Exec = exec }, exec, file.Path, HookOrigin.DropIn) with
        {
            Order = file.Order,
            TakesName = file.Inactive is null,
            IsHidden = file.Hidden,
        };
        return WithReason(definition, file.Inactive ?? FirstOf(ExecDelivery.Problems(exec).Select(p => p.Text)));
    }

    private static HookDefinition Program(HookConfig entry, ExecConfig exec, string source, HookOrigin origin) => Delivery(entry, HookKind.Exec, source, origin) with
    {
        Timeout = exec.Timeout,
        MaxAttempts = entry.MaxAttempts ?? ExecDelivery.DefaultAttempts,
        Create = services => new ExecDelivery(
            entry.Name, exec, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILoggerFactory>().CreateLogger("WgFleet.Hooks." + entry.Name),
            entry.MaxAttempts ?? ExecDelivery.DefaultAttempts),
    };

    private static HookDefinition Endpoint(HookConfig entry, WebhookConfig webhook) => Delivery(entry, HookKind.Webhook, webhook.Url.GetLeftPart(UriPartial.Authority), HookOrigin.Config) with
    {
        Timeout = webhook.Timeout,
        MaxAttempts = entry.MaxAttempts ?? WebhookLadder.Attempts,
        Create = services => new WebhookDelivery(webhook, services.GetRequiredService<TimeProvider>(), maxAttempts: entry.MaxAttempts ?? WebhookLadder.Attempts),
    };

    private static HookDefinition Delivery(HookConfig entry, HookKind kind, string source, HookOrigin origin) => new()
    {
        Name = entry.Name,
        Kind = kind,
        Origin = origin,
        Source = source,
        Config = entry,
        Events = [.. EventTypes.All.Where(type => entry.Events?.Contains(type) ?? !EventTypes.IsOnRequest(type))],
    };

    private static HookDefinition Template(HookConfig entry, TemplateConfig template)
    {
        var attribute = new HookAttribute(entry.Name);
        return new()
        {
            Name = entry.Name,
            Kind = HookKind.Projection,
            Origin = HookOrigin.Config,
            Source = $"{template.Path} from template {template.File}",
            Config = entry,
            Events = [.. EventTypes.All.Where(type => !EventTypes.IsOnRequest(type))],
            Await = entry.Await ?? attribute.Await,
            Timeout = entry.Timeout ?? TimeSpan.FromSeconds(attribute.TimeoutSeconds),
            MaxAttempts = entry.MaxAttempts ?? attribute.MaxAttempts,
            MinInterval = entry.MinInterval ?? TemplateProjection.MinInterval,
            Create = _ => new TemplateProjection(entry),
        };
    }

    /// <summary>The definition with the first reason for which it does not run, if any, and its settings as operators read them.</summary>
    private static HookDefinition WithReason(HookDefinition hook, string? problem)
    {
        var inactive = !hook.Enabled ? "disabled in the configuration" : problem;
        return hook with { Inactive = inactive, Effective = EffectiveSettings.Of(hook) };
    }

    private static string? FirstOf(IEnumerable<string?> problems) => problems.FirstOrDefault(p => p is not null);
}
