namespace WgFleet.Hooks.Discovery;

/// <summary>
/// A class with [Hook]. The table of all of them, HookTable, is written by WgFleet.Hooks.Generator when the server is built, so that nothing is
/// looked up by reflection when it runs.
/// </summary>
/// <param name="Name">Its full name.</param>
/// <param name="Attribute">What its attribute says.</param>
/// <param name="Kind">Handler or projection.</param>
/// <param name="Create">Creates its object.</param>
/// <param name="Calls">How to call its object for each type of event that it handles; empty for a projection.</param>
internal sealed record HookClass(
    string Name, HookAttribute Attribute, HookKind Kind, Func<IServiceProvider, object> Create, IReadOnlyDictionary<Type, HandlerCall> Calls)
{
    /// <summary>Whether it asks for events of this type: by their class, or as one that handles all events. A projection asks for those that make it run.</summary>
    public bool AsksFor(string type) => EventTypes.Find(type) is { } known
        && (Kind == HookKind.Projection ? known.RunsProjections : Calls.ContainsKey(known.Record) || (Calls.ContainsKey(typeof(FleetEvent)) && !known.OnlyByName));
}
