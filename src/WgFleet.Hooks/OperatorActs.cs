namespace WgFleet.Hooks;

/// <summary>
/// The acts of operators that no other event tells: their names and their entries in the table of event types. What an operator does to a client's name or
/// tags, and a removal or a restore, has an event already, which names the operator.
/// </summary>
public static class OperatorActs
{
    /// <summary>A fleet was frozen.</summary>
    public const string FleetFrozen = "operator.fleet_frozen";

    /// <summary>A fleet was thawed.</summary>
    public const string FleetThawed = "operator.fleet_thawed";

    /// <summary>A held prune was allowed; each client that it removes has an event of its own.</summary>
    public const string PruneAllowed = "operator.prune_allowed";

    /// <summary>Machines that waited for approval were let in.</summary>
    public const string MachinesApproved = "operator.machines_approved";

    /// <summary>Machines that waited for approval, or had it, are not let in.</summary>
    public const string MachinesRefused = "operator.machines_refused";

    /// <summary>The roster of a fleet was replaced or deleted.</summary>
    public const string RosterChanged = "operator.roster_changed";

    /// <summary>A client was pinned.</summary>
    public const string ClientPinned = "operator.client_pinned";

    /// <summary>A client was unpinned.</summary>
    public const string ClientUnpinned = "operator.client_unpinned";

    /// <summary>A client is to keep the name that it has, whatever it asks for.</summary>
    public const string ClientNameKept = "operator.client_name_kept";

    /// <summary>A client may have the name that it asks for again, after an operator had given it one.</summary>
    public const string ClientNameReleased = "operator.client_name_released";

    /// <summary>A token was created.</summary>
    public const string TokenCreated = "operator.token_created";

    /// <summary>A token was revoked.</summary>
    public const string TokenRevoked = "operator.token_revoked";

    /// <summary>A hook was paused.</summary>
    public const string HookPaused = "operator.hook_paused";

    /// <summary>A hook was resumed.</summary>
    public const string HookResumed = "operator.hook_resumed";

    /// <summary>What a hook that is no longer configured has left was deleted.</summary>
    public const string HookForgotten = "operator.hook_forgotten";

    /// <summary>Past events were delivered to a hook again.</summary>
    public const string EventsReplayed = "operator.events_replayed";

    /// <summary>Dead letters were retried.</summary>
    public const string DeadLettersRetried = "operator.dead_letters_retried";

    /// <summary>Dead letters were dropped.</summary>
    public const string DeadLettersDropped = "operator.dead_letters_dropped";

    /// <summary>A reload of the configuration was asked for.</summary>
    public const string ReloadAsked = "operator.reload_asked";

    /// <summary>Their entries.</summary>
    internal static IReadOnlyList<EventType> Types { get; } =
    [
        Of(FleetFrozen, _ => "froze the fleet", (act, sample) => act with { OnFleet = sample.Client.Fleet }),
        Of(FleetThawed, _ => "thawed the fleet", (act, sample) => act with { OnFleet = sample.Client.Fleet }),
        Of(PruneAllowed, _ => "allowed the held prune", (act, sample) => act with { OnFleet = sample.Client.Fleet }),
        Of(MachinesApproved, _ => "approved machines", (act, sample) => act with { OnFleet = sample.Client.Fleet, Detail = sample.Client.PublicKey }),
        Of(MachinesRefused, _ => "refused machines", (act, sample) => act with { OnFleet = sample.Client.Fleet, Detail = sample.Client.PublicKey }),
        Of(RosterChanged, _ => "changed the roster", (act, sample) => act with { OnFleet = sample.Client.Fleet, Detail = "2 seats added, 1 removed" }),
        Of(ClientPinned, _ => "pinned the client", (act, sample) => act with { OnClient = sample.Client }),
        Of(ClientUnpinned, _ => "unpinned the client", (act, sample) => act with { OnClient = sample.Client }),
        Of(ClientNameKept, e => $"made {e.Client?.Hostname} the name that the client keeps", (act, sample) => act with { OnClient = sample.Client }),
        Of(ClientNameReleased, _ => "let the client have the name that it asks for", (act, sample) => act with { OnClient = sample.Client }),
        Of(TokenCreated, e => $"created the token {e.Token}", (act, sample) => act with { Token = "lab" }),
        Of(TokenRevoked, e => $"revoked the token {e.Token}", (act, sample) => act with { Token = "lab" }),
        Of(HookPaused, e => $"paused the hook {e.Hook}", (act, sample) => act with { Hook = "tell" }),
        Of(HookResumed, e => $"resumed the hook {e.Hook}", (act, sample) => act with { Hook = "tell" }),
        Of(HookForgotten, e => $"deleted what is left of the hook {e.Hook}", (act, sample) => act with { Hook = "tell" }),
        Of(EventsReplayed, e => $"replayed events to the hook {e.Hook}", (act, sample) => act with { Hook = "tell" }),
        Of(DeadLettersRetried, e => $"retried dead letters of the hook {e.Hook}", (act, sample) => act with { Hook = "tell" }),
        Of(DeadLettersDropped, e => $"dropped dead letters of the hook {e.Hook}", (act, sample) => act with { Hook = "tell" }),
        Of(ReloadAsked, _ => "asked for a reload of the configuration", (act, _) => act),
    ];

    private static EventType Of(string name, Func<OperatorActed, string> tell, Func<OperatorActed, EventSample, OperatorActed> makeUp) => EventType.Of<OperatorActed>(
        name,
        e => new() { Fleet = e.OnClient is null ? e.OnFleet : null, Token = e.Token, Hook = e.Hook, Detail = e.Detail, Operator = e.Operator },
        (data, stamp) => new(name, data.Operator ?? throw new System.Text.Json.JsonException("the operator is missing"))
        {
            Stamp = stamp, OnClient = data.Client?.ToClient(), OnFleet = data.Fleet, Token = data.Token, Hook = data.Hook, Detail = data.Detail,
        },
        (sample, stamp) => makeUp(new(name, new("ops", "session", "192.0.2.7")) { Stamp = stamp }, sample),
        e => $"{e.Operator.Name} {tell(e)}{(e.Detail is null ? "" : $": {e.Detail}")}") with { OnlyByName = true, RunsProjections = false };
}
