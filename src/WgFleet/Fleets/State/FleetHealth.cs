using System.Collections.Concurrent;

namespace WgFleet.Fleets.State;

/// <summary>Whether a fleet serves its clients.</summary>
internal enum FleetCondition
{
    /// <summary>Its interface is as it should be.</summary>
    Up,

    /// <summary>Its tunnels work, but something about its interface is not as it should be.</summary>
    Degraded,

    /// <summary>Its interface does not come up, does not answer, or cannot be changed. The server tries again until it works.</summary>
    Down,
}

/// <summary>The state of a fleet.</summary>
/// <param name="State">Up, degraded or down.</param>
/// <param name="Reason">Why, in one line; null while it is up.</param>
/// <param name="Since">When it came to this state.</param>
internal sealed record FleetStatus(FleetCondition State, string? Reason, DateTimeOffset Since)
{
    /// <summary>Every word that <see cref="Word"/> may be.</summary>
    public static readonly IReadOnlyList<string> Words = ["up", "degraded", "down"];

    /// <summary>The state as programs read it: <c>up</c>, <c>degraded</c> or <c>down</c>.</summary>
    public string Word => Words[(int)State];
}

/// <summary>
/// The state of every fleet, for the log, /readyz, the API, pages, the command line and metrics. Written by the code that reads a
/// fleet's interface or changes it. Safe for concurrent use.
/// </summary>
internal sealed partial class FleetHealth(TimeProvider time, ILogger<FleetHealth> log)
{
    private readonly ConcurrentDictionary<string, FleetStatus> _fleets = new();

    /// <summary>The state of a fleet; down until its interface has been brought up.</summary>
    public FleetStatus Of(string fleet) => _fleets.GetOrAdd(fleet, _ => new FleetStatus(FleetCondition.Down, "its interface has not been brought up yet", time.GetUtcNow()));

    /// <summary>Sets the state of a fleet, and logs it if it has changed.</summary>
    /// <param name="fleet">The fleet's name.</param>
    /// <param name="state">Its state.</param>
    /// <param name="reason">Why, for a fleet that is not up.</param>
    public void Set(string fleet, FleetCondition state, string? reason = null)
    {
        var before = Of(fleet);
        if (before.State == state && before.Reason == reason)
            return;

        _fleets[fleet] = new FleetStatus(state, reason, before.State == state ? before.Since : time.GetUtcNow());
        if (state == FleetCondition.Down)
            Log.Down(log, fleet, reason);
        else if (state == FleetCondition.Degraded)
            Log.Degraded(log, fleet, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Fleet {Fleet} is down and will be tried again: {Reason}")]
        public static partial void Down(ILogger log, string fleet, string? reason);

        [LoggerMessage(2, LogLevel.Warning, "Fleet {Fleet} is degraded, its tunnels work: {Reason}")]
        public static partial void Degraded(ILogger log, string fleet, string? reason);
    }
}
