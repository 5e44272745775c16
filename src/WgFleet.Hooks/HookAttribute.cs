namespace WgFleet.Hooks;

/// <summary>Makes a class that implements <see cref="IHook{TEvent}"/> or <see cref="IProjection"/> a hook, by this name.</summary>
/// <param name="name">Unique, <c>[a-z0-9_-]+</c>; what the log, the config and <c>wg-fleet hooks list</c> call it.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class HookAttribute(string name) : Attribute
{
    /// <summary>The hook's name.</summary>
    public string Name { get; } = name;

    /// <summary>Lower runs first; hooks that the config lists run before all others, equal orders by name.</summary>
    public int Order { get; init; }

    /// <summary>Seconds one run may take before it counts as failed and the others go on.</summary>
    public double TimeoutSeconds { get; init; } = 10;

    /// <summary>
    /// Handlers only: how often one event is tried, at growing intervals, before it becomes a dead letter; while it waits,
    /// later events of the same client wait behind it. 1: a failure is logged and forgotten.
    /// </summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>Projections only: seconds between the starts of two runs.</summary>
    public double MinIntervalSeconds { get; init; } = 0.1;

    /// <summary>
    /// Projections only: it shows clients that have a hostname and no others, so that what happens to those without one is no
    /// reason to run it. A thousand machines that register leave such a projection in peace.
    /// </summary>
    public bool NamedOnly { get; init; }

    /// <summary>Projections only: a request that changed a client waits for it, at most the config's await_timeout.</summary>
    public bool Await { get; init; }
}
