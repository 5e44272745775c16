using System.Reflection;
using WgFleet.Hooks.Handlers;

namespace WgFleet.Hooks.Discovery;

/// <summary>What a class with [Hook] is, read off its interfaces once at start.</summary>
internal static class HookReflection
{
    private static readonly MethodInfo Open = typeof(HookReflection).GetMethod(nameof(Bind), BindingFlags.NonPublic | BindingFlags.Static)!;

    private static readonly Dictionary<Type, string> Known = new()
    {
        [typeof(StartupEvent)] = EventTypes.Startup,
        [typeof(ClientAdded)] = EventTypes.ClientAdded,
        [typeof(ClientHostnameChanged)] = EventTypes.ClientHostnameChanged,
        [typeof(ClientRemoved)] = EventTypes.ClientRemoved,
        [typeof(ClientOnline)] = EventTypes.ClientOnline,
        [typeof(ClientOffline)] = EventTypes.ClientOffline,
    };

    public static bool IsProjection(Type type) => type.IsAssignableTo(typeof(IProjection));

    /// <summary>The event types it handles; empty if it is no handler.</summary>
    public static IReadOnlyList<Type> Handled(Type type) =>
        [.. type.GetInterfaces()
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IHook<>))
            .Select(i => i.GetGenericArguments()[0])];

    /// <summary>The same by the events' names, in the order of <see cref="EventTypes.All"/>.</summary>
    public static IReadOnlyList<string> EventsOf(Type type)
    {
        var handled = Handled(type);
        return IsProjection(type) || handled.Contains(typeof(FleetEvent))
            ? EventTypes.All
            : [.. handled.Select(t => Known.GetValueOrDefault(t, t.Name)).OrderBy(n => EventTypes.All.ToList().IndexOf(n))];
    }

    /// <summary>Whether it handles the events of this name by their own type.</summary>
    public static bool Names(Type type, string eventType) => Handled(type).Any(t => Known.GetValueOrDefault(t) == eventType);

    /// <summary>How to call <paramref name="hook"/> for each event type it handles; no reflection when called.</summary>
    public static IReadOnlyDictionary<Type, HandlerCall> Calls(object hook) =>
        Handled(hook.GetType()).ToDictionary(t => t, t => (HandlerCall)Open.MakeGenericMethod(t).Invoke(null, [hook])!);

    private static HandlerCall Bind<TEvent>(IHook<TEvent> hook)
        where TEvent : FleetEvent =>
        (fleetEvent, context, cancellationToken) => hook.HandleAsync((TEvent)fleetEvent, context, cancellationToken);
}
