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
    private static readonly Dictionary<Type, string> EventNames = new()
    {
        [typeof(StartupEvent)] = EventTypes.Startup,
        [typeof(ClientAdded)] = EventTypes.ClientAdded,
        [typeof(ClientHostnameChanged)] = EventTypes.ClientHostnameChanged,
        [typeof(ClientRemoved)] = EventTypes.ClientRemoved,
        [typeof(ClientOnline)] = EventTypes.ClientOnline,
        [typeof(ClientOffline)] = EventTypes.ClientOffline,
    };

    /// <summary>Whether it asks for events of this type: by that type, or for all that are not told on request only.</summary>
    public bool AsksFor(string type) =>
        Calls.Keys.Any(handled => EventNames.GetValueOrDefault(handled) == type)
        || ((Kind == HookKind.Projection || Calls.ContainsKey(typeof(FleetEvent))) && !EventTypes.IsOnRequest(type));
}
