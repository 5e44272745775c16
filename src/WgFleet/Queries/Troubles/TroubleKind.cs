namespace WgFleet.Queries.Troubles;

/// <summary>What can be wrong. The most urgent kind comes first, which is the order of every list.</summary>
internal enum TroubleKind
{
    FleetDown,
    PartFailing,
    CertificateEnds,
    DiskFull,
    HookStuck,
    HookFailing,
    HookInactive,
    DeadLetters,
    ClientsCloned,
    FleetDegraded,
    PruneHeld,
    ReloadRefused,
    MachinesWaiting,
    SeatsMissing,
    SeatsDouble,
    SeatsWrong,
    SeatsOldImage,
    MachinesUnknown,
    NamesRefused,
    ClientsOffline,
    HookPaused,
    FleetFrozen,
    ClockStepped,
}

/// <summary>How urgent a trouble is.</summary>
internal enum Severity
{
    /// <summary>Something does not work.</summary>
    Broken,

    /// <summary>Everything works, but somebody should look at it.</summary>
    Attention,
}

/// <summary>Kinds and severities as programs read them, in the API, in metrics and in classes of the style sheet.</summary>
internal static class TroubleWords
{
    public static readonly IReadOnlyList<TroubleKind> Kinds = Enum.GetValues<TroubleKind>();

    public static string Text(this TroubleKind kind) => kind switch
    {
        TroubleKind.FleetDown => "fleet_down",
        TroubleKind.PartFailing => "part_failing",
        TroubleKind.CertificateEnds => "certificate",
        TroubleKind.DiskFull => "disk",
        TroubleKind.HookStuck => "hook_stuck",
        TroubleKind.HookFailing => "hook_failing",
        TroubleKind.HookInactive => "hook_inactive",
        TroubleKind.DeadLetters => "dead_letters",
        TroubleKind.ClientsCloned => "clients_cloned",
        TroubleKind.FleetDegraded => "fleet_degraded",
        TroubleKind.PruneHeld => "prune_held",
        TroubleKind.ReloadRefused => "reload_refused",
        TroubleKind.MachinesWaiting => "machines_waiting",
        TroubleKind.SeatsMissing => "seats_missing",
        TroubleKind.SeatsDouble => "seats_double",
        TroubleKind.SeatsWrong => "seats_wrong",
        TroubleKind.SeatsOldImage => "seats_old_image",
        TroubleKind.MachinesUnknown => "machines_unknown",
        TroubleKind.NamesRefused => "names_refused",
        TroubleKind.ClientsOffline => "clients_offline",
        TroubleKind.HookPaused => "hook_paused",
        TroubleKind.FleetFrozen => "fleet_frozen",
        _ => "clock",
    };

    /// <summary>The page below that of the fleet which says more about it, such as <c>/rollcall</c>; empty for the page of the fleet itself.</summary>
    public static string PageOfFleet(this TroubleKind kind) => kind switch
    {
        >= TroubleKind.SeatsMissing and <= TroubleKind.MachinesUnknown => "/rollcall",
        TroubleKind.MachinesWaiting => "/approvals",
        _ => "",
    };

    public static string Text(this Severity severity) => severity == Severity.Broken ? "broken" : "attention";
}
