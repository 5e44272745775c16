using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Hooks;
using WgFleet.Hooks.Discovery;

namespace WgFleet.Testing;

/// <summary>
/// Describes hooks that are classes of a test, by reflection. Those of the server are described by WgFleet.Hooks.Generator when it is built; a test
/// compares the two.
/// </summary>
internal static class ReflectedHooks
{
    private static readonly MethodInfo CallMethod = typeof(ReflectedHooks).GetMethod(nameof(CallOf), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>The classes with [Hook] among these types.</summary>
    public static IEnumerable<HookClass> Among(IEnumerable<Type> types) => types.Where(t => t.IsDefined(typeof(HookAttribute), inherit: false)).Select(Read);

    private static HookClass Read(Type type)
    {
        var calls = type.GetInterfaces().Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IHook<>)).Select(i => i.GetGenericArguments()[0])
            .ToDictionary(handled => handled, handled => (HandlerCall)CallMethod.MakeGenericMethod(handled).Invoke(null, null)!);
        return new HookClass(
            type.FullName!, type.GetCustomAttribute<HookAttribute>(inherit: false)!, type.IsAssignableTo(typeof(IProjection)) ? HookKind.Projection : HookKind.Handler,
            services => ActivatorUtilities.CreateInstance(services, type), calls);
    }

    private static HandlerCall CallOf<TEvent>()
        where TEvent : FleetEvent =>
        (hook, fleetEvent, context, cancellationToken) => ((IHook<TEvent>)hook).HandleAsync((TEvent)fleetEvent, context, cancellationToken);
}
