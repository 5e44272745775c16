namespace WgFleet.Hooks;

/// <summary>Calls the method of a hook for an event. Type tests find the methods, without reflection, so that hooks can be compiled ahead of time.</summary>
internal static class EventCall
{
    /// <summary>Whether the hook handles any event.</summary>
    public static bool IsHandler(object hook) =>
        hook is IHook<StartupEvent> or IHook<ClientAdded> or IHook<ClientHostnameChanged> or IHook<ClientRemoved> or IHook<ClientOnline> or IHook<ClientOffline>
            or IHook<ClientImageChanged> or IHook<ClientFactsChanged> or IHook<ClientAddressChanged> or IHook<ClientTagsChanged> or IHook<ClientCloned>
            or IHook<FleetRepaired> or IHook<FleetPhaseChanged> or IHook<OperatorActed>;

    /// <summary>Makes the call; does nothing if the hook does not handle this type. An IHook of FleetEvent handles all.</summary>
    public static ValueTask MakeAsync(object hook, FleetEvent fleetEvent, HookContext context) => fleetEvent switch
    {
        StartupEvent e => CallAsync(hook, e, context),
        ClientAdded e => CallAsync(hook, e, context),
        ClientHostnameChanged e => CallAsync(hook, e, context),
        ClientRemoved e => CallAsync(hook, e, context),
        ClientOnline e => CallAsync(hook, e, context),
        ClientOffline e => CallAsync(hook, e, context),
        ClientImageChanged e => CallAsync(hook, e, context),
        ClientFactsChanged e => CallAsync(hook, e, context),
        ClientAddressChanged e => CallAsync(hook, e, context),
        ClientTagsChanged e => CallAsync(hook, e, context),
        ClientCloned e => CallAsync(hook, e, context),
        FleetRepaired e => CallAsync(hook, e, context),
        FleetPhaseChanged e => CallAsync(hook, e, context),
        OperatorActed e => CallAsync(hook, e, context),
        _ => ValueTask.CompletedTask,
    };

    private static ValueTask CallAsync<TEvent>(object hook, TEvent e, HookContext context)
        where TEvent : FleetEvent => hook is IHook<TEvent> handler ? handler.HandleAsync(e, context, CancellationToken.None) : ValueTask.CompletedTask;
}
