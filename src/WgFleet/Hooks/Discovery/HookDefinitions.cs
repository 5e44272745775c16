using WgFleet.Config;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Projections.Streaming;
using WgFleet.Hooks.Projections.Templates;
using WgFleet.Linux;

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

    /// <summary>Of an entry that has a kind; null for an entry that only has settings for a hook that is defined elsewhere.</summary>
    public static HookDefinition? Of(HookConfig entry) => entry.Kind switch
    {
        StreamConfig { State: not null } stream => WithReason(State(entry, stream), ProblemOf(stream)),
        DeliveryConfig delivery => WithReason(Delivery(entry, delivery, HookOrigin.Config), ProblemOf(delivery)),
        TemplateConfig template => WithReason(Template(entry, template), null),
        _ => null,
    };

    /// <summary>Of a file in a drop-in directory. An entry of the configuration by its name, without a kind, sets what a file cannot say.</summary>
    public static HookDefinition Of(HookFile file, HooksConfig hooks)
    {
        var entry = hooks.List.FirstOrDefault(h => h.Name == file.Name && h.Kind is null) ?? new HookConfig { Name = file.Name };
        var exec = new ExecConfig { Command = file.Path };
        exec = exec with { Timeout = entry.Timeout ?? exec.Timeout };
        var definition = Delivery(entry with { Kind = exec }, exec, HookOrigin.DropIn) with
        {
            Order = file.Order,
            TakesName = file.Inactive is null,
            IsHidden = file.Hidden,
        };
        return WithReason(definition, file.Inactive ?? ProblemOf(exec));
    }

    private static HookDefinition Delivery(HookConfig entry, DeliveryConfig settings, HookOrigin origin)
    {
        var kind = DeliveryKinds.Of(settings);
        var attempts = entry.MaxAttempts ?? kind.DefaultAttempts;
        return new()
        {
            Name = entry.Name,
            Kind = HookKind.Delivery,
            Origin = origin,
            Source = settings.Source,
            Config = entry,
            Events = [.. EventTypes.All.Where(type => entry.Events?.Contains(type) ?? !EventTypes.IsOnlyByName(type))],
            Timeout = settings.Timeout,
            MaxAttempts = attempts,
            Create = services => kind.Create(new DeliveryContext(
                entry.Name, attempts, entry.Settings, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILoggerFactory>().CreateLogger("WgFleet.Hooks." + entry.Name),
                services.GetService<ProgramRuns>())),
        };
    }

    private static HookDefinition Template(HookConfig entry, TemplateConfig template) => Projection(entry, template, TemplateProjection.MinInterval) with
    {
        Create = _ => new TemplateProjection(entry),
    };

    /// <summary>Of a program that stays running and gets the state.</summary>
    private static HookDefinition State(HookConfig entry, StreamConfig stream) => Projection(entry, stream, StreamProjection.MinInterval) with
    {
        Timeout = stream.Timeout,
        Create = services => new StreamProjection(
            entry, stream, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILoggerFactory>().CreateLogger("WgFleet.Hooks." + entry.Name),
            services.GetService<ProgramRuns>()),
    };

    private static HookDefinition Projection(HookConfig entry, HookKindConfig settings, TimeSpan minInterval)
    {
        var attribute = new HookAttribute(entry.Name);
        return new()
        {
            Name = entry.Name,
            Kind = HookKind.Projection,
            Origin = HookOrigin.Config,
            Source = settings.Source,
            Config = entry,
            Events = [.. EventTypes.All.Where(type => EventTypes.Find(type)!.RunsProjections)],
            Await = entry.Await ?? attribute.Await,
            Timeout = entry.Timeout ?? TimeSpan.FromSeconds(attribute.TimeoutSeconds),
            MaxAttempts = entry.MaxAttempts ?? attribute.MaxAttempts,
            MinInterval = entry.MinInterval ?? minInterval,
        };
    }

    /// <summary>The definition with the first reason for which it does not run, if any, and its settings as operators read them.</summary>
    private static HookDefinition WithReason(HookDefinition hook, string? problem)
    {
        var inactive = !hook.Enabled ? "disabled in the configuration" : problem;
        return hook with { Inactive = inactive, Effective = EffectiveSettings.Of(hook) };
    }

    private static string? ProblemOf(DeliveryConfig settings) => DeliveryKinds.Of(settings).Problems.Select(p => p.Text).FirstOrDefault();
}
