using System.Collections.ObjectModel;
using WgFleet.Config;

namespace WgFleet.Hooks;

/// <summary>A hook as the code, a file and the configuration define it, before it is created, and why it cannot run if it cannot.</summary>
internal sealed record HookDefinition
{
    public required string Name { get; init; }

    public required HookKind Kind { get; init; }

    /// <summary>The kind for operators; a delivery's is its key in the configuration, such as "exec".</summary>
    public string KindName => Kind == HookKind.Delivery && Config?.Kind is { } kind ? kind.Key : Kind.Text();

    public required HookOrigin Origin { get; init; }

    /// <summary>The class, the file, the address, or the file with its template.</summary>
    public required string Source { get; init; }

    /// <summary>The entry of the configuration; null if there is none.</summary>
    public HookConfig? Config { get; init; }

    /// <summary>Lower runs first, among hooks that the configuration does not list.</summary>
    public int Order { get; init; }

    /// <summary>Its place in the running order, from 1; null if it does not run.</summary>
    public int? Position { get; init; }

    /// <summary>Why it does not run; null if it does.</summary>
    public string? Inactive { get; init; }

    /// <summary>The types of the events that it gets; for a projection, of those that make it run.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>Its settings as operators read them, with the source of each.</summary>
    public IReadOnlyList<EffectiveSetting> Effective { get; init; } = [];

    /// <summary>Whether responses wait for it. Projections only.</summary>
    public bool Await { get; init; }

    /// <summary>Whether it shows clients with a hostname only. Projections only.</summary>
    public bool NamedOnly { get; init; }

    /// <summary>How long one run may take; zero if it is not known.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>How often one event is tried before it becomes a dead letter.</summary>
    public int MaxAttempts { get; init; }

    /// <summary>The least time between the starts of two runs; null unless it is a projection.</summary>
    public TimeSpan? MinInterval { get; init; }

    /// <summary>Whether another hook of its name is an error; not for a file that does not run.</summary>
    public bool TakesName { get; init; } = true;

    /// <summary>Whether it is masked, or hidden by a file of the same name.</summary>
    public bool IsHidden { get; init; }

    /// <summary>Creates the object of a class, or the delivery that calls a program or an endpoint. Null if it can never run.</summary>
    public Func<IServiceProvider, object>? Create { get; init; }

    /// <summary>How to call a handler for each type of event that it handles; empty for every other kind.</summary>
    public IReadOnlyDictionary<Type, HandlerCall> Calls { get; init; } = ReadOnlyDictionary<Type, HandlerCall>.Empty;

    public bool Enabled => Config?.Enabled ?? true;

    /// <summary>Whether it is not disabled, masked or hidden.</summary>
    public bool IsMeantToRun => Enabled && !IsHidden;

    /// <summary>The settings that its code gets.</summary>
    public IReadOnlyDictionary<string, string> Settings => Config?.Settings ?? new Dictionary<string, string>();

    /// <summary>Where in the event log a new hook starts.</summary>
    public HookStart Start => Config?.Start ?? HookStart.Now;
}
