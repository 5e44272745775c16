using System.Reflection;
using WgFleet.Hooks.Handlers;

namespace WgFleet.Hooks.Discovery;

/// <summary>Reads what a class with [Hook] is, once at start. The only place of the hooks that uses reflection.</summary>
internal static class HookReflection
{
    private static readonly MethodInfo BindMethod = typeof(HookReflection).GetMethod(nameof(Bind), BindingFlags.NonPublic | BindingFlags.Static)!;

    private static readonly Dictionary<Type, string> EventNames = new()
    {
        [typeof(StartupEvent)] = EventTypes.Startup,
        [typeof(ClientAdded)] = EventTypes.ClientAdded,
        [typeof(ClientHostnameChanged)] = EventTypes.ClientHostnameChanged,
        [typeof(ClientRemoved)] = EventTypes.ClientRemoved,
        [typeof(ClientOnline)] = EventTypes.ClientOnline,
        [typeof(ClientOffline)] = EventTypes.ClientOffline,
    };

    /// <summary>The classes with [Hook] among these types.</summary>
    public static IEnumerable<HookClass> Classes(IEnumerable<Type> types) => types.Where(t => t.IsDefined(typeof(HookAttribute), inherit: false)).Select(Read);

    /// <summary>How to call a handler's object for each event type that it handles; no reflection when called.</summary>
    public static IReadOnlyDictionary<Type, HandlerCall> Calls(object handler) =>
        Handled(handler.GetType()).ToDictionary(t => t, t => (HandlerCall)BindMethod.MakeGenericMethod(t).Invoke(null, [handler])!);

    /// <summary>Why the object of a class could not be created: what its constructor threw.</summary>
    public static Exception CauseOf(Exception e)
    {
        while (e is TargetInvocationException or TypeInitializationException && e.InnerException is { } inner)
            e = inner;

        return e;
    }

    private static HookClass Read(Type type)
    {
        var attribute = type.GetCustomAttribute<HookAttribute>(inherit: false)!;
        var handled = Handled(type);
        var isProjection = type.IsAssignableTo(typeof(IProjection));
        var kind = (isProjection, handled.Count > 0) switch
        {
            (true, false) => HookKind.Projection,
            (false, true) => HookKind.Handler,
            _ => HookKind.Unknown,
        };
        var problem = type.IsAbstract || type.ContainsGenericParameters ? "the class is abstract, static or generic"
            : kind != HookKind.Unknown ? null
            : isProjection ? "it implements both IHook<TEvent> and IProjection; make it two classes"
            : "it implements neither IHook<TEvent> nor IProjection";
        var named = handled.Select(t => EventNames.GetValueOrDefault(t)).OfType<string>().ToHashSet();
        return new HookClass(
            type.FullName ?? type.Name, attribute, kind, isProjection || handled.Contains(typeof(FleetEvent)), named, problem,
            services => ActivatorUtilities.CreateInstance(services, type));
    }

    private static IReadOnlyList<Type> Handled(Type type) =>
        [.. type.GetInterfaces()
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IHook<>))
            .Select(i => i.GetGenericArguments()[0])];

    private static HandlerCall Bind<TEvent>(IHook<TEvent> hook)
        where TEvent : FleetEvent =>
        (fleetEvent, context, cancellationToken) => hook.HandleAsync((TEvent)fleetEvent, context, cancellationToken);
}

/// <summary>A class with [Hook].</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Attribute">What its attribute says.</param>
/// <param name="Kind">Handler, projection, or unknown if it is neither or both.</param>
/// <param name="GetsAll">Whether it asks for all events but those that are told on request.</param>
/// <param name="Events">The events that it asks for by their own type.</param>
/// <param name="Problem">Why it can never run; null if it can.</param>
/// <param name="Create">Creates its object.</param>
internal sealed record HookClass(
    string Name, HookAttribute Attribute, HookKind Kind, bool GetsAll, IReadOnlySet<string> Events, string? Problem, Func<IServiceProvider, object> Create);
