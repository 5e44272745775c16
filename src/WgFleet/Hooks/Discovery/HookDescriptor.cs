using System.Reflection;
using System.Text.RegularExpressions;
using WgFleet.Config;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Exec;
using WgFleet.Hooks.Deliveries.Webhook;
using WgFleet.Hooks.Projections.Templates;

namespace WgFleet.Hooks.Discovery;

/// <summary>A class that carries [Hook], a program, an endpoint or a template, with what the configuration says of it: what it would be if it ran.</summary>
internal sealed partial class HookDescriptor
{
    public const string HandlerKind = "handler";
    public const string ProjectionKind = "projection";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly HookConfig? _config;
    private readonly string? _whyNot;
    private readonly IReadOnlyList<Type> _handled;
    private readonly bool _isProjection;

    /// <summary>A class with the attribute.</summary>
    /// <param name="type">The class.</param>
    /// <param name="hooks">What the configuration says.</param>
    /// <param name="plugin">The file it comes from; null for one of the server's own.</param>
    public HookDescriptor(Type type, HooksConfig hooks, string? plugin = null)
        : this(type, type.GetCustomAttribute<HookAttribute>(inherit: false)!, hooks)
    {
        Source = plugin ?? Source;
        Origin = plugin is null ? HookOrigin.BuiltIn : HookOrigin.Plugin;
    }

    /// <summary>A program or an endpoint.</summary>
    public HookDescriptor(FoundSink outlet, HooksConfig hooks)
        : this(typeof(IDelivery), new HookAttribute(outlet.Config.Name) { Order = outlet.Order }, hooks)
    {
        _config = outlet.Config;
        _whyNot = outlet.WhyNot;
        Source = outlet.Source;
        Origin = outlet.Origin;
        TakesName = outlet.TakesName;
        IsHidden = outlet.IsHidden;
        Make = services => SinkSource.Open(
            outlet.Config, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILoggerFactory>().CreateLogger("WgFleet.Hooks." + outlet.Config.Name));
    }

    /// <summary>A template.</summary>
    public HookDescriptor(HookConfig entry, HooksConfig hooks)
        : this(typeof(TemplateProjection), new HookAttribute(entry.Name) { MinIntervalSeconds = TemplateProjection.MinInterval.TotalSeconds }, hooks)
    {
        Source = $"{entry.Template!.Path} from template {entry.Template.File}";
        Make = _ => new TemplateProjection(entry);
    }

    private HookDescriptor(Type type, HookAttribute attribute, HooksConfig hooks)
    {
        Type = type;
        Attribute = attribute;
        Source = type.FullName ?? type.Name;
        Make = services => ActivatorUtilities.CreateInstance(services, type);
        var position = hooks.List.Select((h, i) => (h.Name, i)).Where(h => h.Name == Name).Select(h => (int?)h.i).FirstOrDefault();
        _config = position is { } at ? hooks.List[at] : null;
        ListPosition = position ?? int.MaxValue;
        _handled = HookReflection.Handled(type);
        _isProjection = HookReflection.IsProjection(type);
    }

    public Type Type { get; }

    public HookAttribute Attribute { get; }

    /// <summary>What the configuration says of it; null if nothing.</summary>
    public HookConfig? Config => _config;

    /// <summary>A program or an endpoint.</summary>
    public bool IsOutlet => _config is { Exec: not null } or { Webhook: not null };

    /// <summary>Where it comes from, for those who read the list.</summary>
    public string Source { get; }

    /// <summary>One of <see cref="HookOrigin"/>.</summary>
    public string Origin { get; } = HookOrigin.Config;

    /// <inheritdoc cref="FoundSink.TakesName"/>
    public bool TakesName { get; } = true;

    /// <inheritdoc cref="FoundSink.IsHidden"/>
    public bool IsHidden { get; }

    /// <summary>Makes the object.</summary>
    public Func<IServiceProvider, object> Make { get; }

    public string Name => Attribute.Name ?? "";

    /// <summary>Its place in hooks.list; behind all of them if it is not there.</summary>
    public int ListPosition { get; }

    public string Kind => (_isProjection, _handled.Count > 0) switch
    {
        _ when IsOutlet => _config!.Exec is not null ? SinkSource.ExecKind : SinkSource.WebhookKind,
        (true, false) => ProjectionKind,
        (false, true) => HandlerKind,
        _ => "-",
    };

    public bool Enabled => _config?.Enabled ?? true;

    /// <summary>Nobody has switched it off, masked or replaced it.</summary>
    public bool IsMeantToRun => Enabled && !IsHidden;

    public bool Await => _isProjection && (_config?.Await ?? Attribute.Await);

    public bool NamedOnly => _isProjection && Attribute.NamedOnly;

    public TimeSpan Timeout => _config?.Exec?.Timeout ?? _config?.Webhook?.Timeout ?? _config?.Timeout ?? Seconds(Attribute.TimeoutSeconds);

    public int MaxAttempts => _config?.MaxAttempts ?? _config switch
    {
        { Exec: not null } => ExecDelivery.DefaultAttempts,
        { Webhook: not null } => WebhookLadder.Attempts,
        _ => Attribute.MaxAttempts,
    };

    public TimeSpan MinInterval => _config?.MinInterval ?? Seconds(Attribute.MinIntervalSeconds);

    public IReadOnlyDictionary<string, string> Settings => _config?.Settings ?? new Dictionary<string, string>();

    /// <summary>Whether a hook may be called so.</summary>
    public static bool IsName(string name) => NamePattern().IsMatch(name);

    /// <summary>The first reason for which it cannot run; null if there is none.</summary>
    public string? WhyNot()
    {
        if (!IsName(Name))
            return _whyNot ?? $"'{Name}' is not a hook name; use a-z, 0-9, _ and -";

        if (!Enabled)
            return "disabled in the configuration";

        if (IsOutlet)
            return _whyNot;

        if (Type.IsAbstract || Type.ContainsGenericParameters)
            return "the class is abstract, static or generic";

        if (_isProjection && _handled.Count > 0)
            return "it implements both IHook<TEvent> and IProjection; make it two classes";

        if (!_isProjection && _handled.Count == 0)
            return "it implements neither IHook<TEvent> nor IProjection";

        if (Attribute.Await && !_isProjection)
            return "Await is for projections; no response waits for a handler";

        if (Attribute.NamedOnly && !_isProjection)
            return "NamedOnly is for projections; a handler gets every event";

        if (Timeout <= TimeSpan.Zero || Timeout > Longest)
            return "its timeout is not between 0 and a day";

        if (MaxAttempts < 1)
            return "its MaxAttempts is less than 1";

        if (MinInterval < TimeSpan.Zero || MinInterval > Longest)
            return "its min_interval is not between 0 and a day";

        return null;
    }

    /// <summary>Its row, but for what is known only when it runs or does not.</summary>
    public HookSummary Listing() => new()
    {
        Name = Name,
        Kind = Kind,
        Events = [.. (IsOutlet ? EventTypes.All : HookReflection.EventsOf(Type)).Where(Gets)],
        Source = Source,
        Origin = Origin,
        Values = EffectiveSettings.Of(this),
        Await = Await,
        MinInterval = _isProjection ? MinInterval : null,
        Timeout = Timeout,
    };

    private bool Gets(string type) => !_isProjection && _config?.Events is { } named
        ? named.Contains(type)
        : !EventTypes.IsOnRequest(type) || (!IsOutlet && HookReflection.Names(Type, type));

    // An attribute may hold any number; what no TimeSpan holds is refused above.
    private static TimeSpan Seconds(double seconds) =>
        Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;

    [GeneratedRegex(@"\A[a-z0-9_-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
