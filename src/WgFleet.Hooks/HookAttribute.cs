namespace WgFleet.Hooks;

/// <summary>Marks a class that implements <see cref="IHook{TEvent}"/> or <see cref="IProjection"/> as a hook with this name.</summary>
/// <param name="name">Unique, <c>[a-z0-9_-]+</c>; used by the log, the configuration and <c>wg-fleet hooks list</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class HookAttribute(string name) : Attribute
{
    /// <summary>The hook's name.</summary>
    public string Name { get; } = name;

    /// <summary>Lower runs first; hooks in the configuration's list run before all others; equal orders by name.</summary>
    public int Order { get; init; }

    /// <summary>Seconds that one run may take before it counts as failed and the other hooks continue.</summary>
    public double TimeoutSeconds { get; init; } = 10;

    /// <summary>
    /// Handlers only: how many times an event is tried, at growing intervals, before it becomes a dead letter; while it waits,
    /// later events of the same client wait too. With 1, a failure is only logged.
    /// </summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>Projections only: seconds between the starts of two runs.</summary>
    public double MinIntervalSeconds { get; init; } = 0.1;

    /// <summary>
    /// Projections only: it shows only clients that have a hostname, so that events of other clients are no
    /// reason to run it: a thousand registrations do not run such a projection, but a client that loses its name does.
    /// </summary>
    public bool NamedOnly { get; init; }

    /// <summary>Projections only: a request that changed a client waits for it, for at most await_timeout.</summary>
    public bool Await { get; init; }
}
