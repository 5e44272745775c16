using System.Diagnostics.Metrics;
using WgFleet.Hosting;

namespace WgFleet.Metrics;

/// <summary>
/// The server's counters and histograms, by System.Diagnostics.Metrics. Labels are names from the configuration, types and outcomes, never a
/// client.
/// </summary>
internal static class FleetMeter
{
    public const string Name = "WgFleet";

    public const string Ok = "ok";

    /// <summary>It failed. A delivery is retried.</summary>
    public const string Failed = "failed";

    /// <summary>It failed and is a dead letter.</summary>
    public const string Dead = "dead";

    public const string Timeout = "timeout";

    /// <summary>The request was wrong: 4xx.</summary>
    public const string Refused = "refused";

    /// <summary>The event label of projections, which get the state instead of an event.</summary>
    public const string State = "state";

    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private static readonly Meter Meter = new(Name, ProductInfo.Version);

    private static readonly Counter<long> Events = Meter.CreateCounter<long>(
        "wgfleet_events_appended_total", null, "Events written to the log and published.");

    private static readonly Counter<long> UnknownEvents = Meter.CreateCounter<long>(
        "wgfleet_events_unknown_total", null, "Reads of events that this version does not know; no hook gets them.");

    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>(
        "wgfleet_hook_attempts_total", null, "Calls of a hook: ok, failed, or dead when it was given up.");

    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "wgfleet_hook_duration_seconds", null, "How long calls of a hook took.", null, Buckets);

    private static readonly Counter<long> ProjectionRequests = Meter.CreateCounter<long>(
        "wgfleet_projection_requests_total", null, "How often a projection was asked to run.");

    private static readonly Counter<long> ProjectionRuns = Meter.CreateCounter<long>(
        "wgfleet_projection_runs_total", null, "How often a projection ran.");

    private static readonly Counter<long> ProjectionWrites = Meter.CreateCounter<long>(
        "wgfleet_projection_writes_total", null, "Files that a projection replaced.");

    private static readonly Counter<long> ProjectionSkips = Meter.CreateCounter<long>(
        "wgfleet_projection_skipped_total", null, "Files that a projection left alone, since they held the same bytes.");

    private static readonly Histogram<double> Awaits = Meter.CreateHistogram(
        "wgfleet_await_seconds", null, "How long a response waited for an awaited projection.", null, Buckets);

    private static readonly Counter<long> Received = Meter.CreateCounter<long>(
        "wgfleet_received_bytes_total", null, "Bytes that came from clients through their tunnels.");

    private static readonly Counter<long> Sent = Meter.CreateCounter<long>(
        "wgfleet_sent_bytes_total", null, "Bytes that went to clients through their tunnels.");

    /// <summary>Requests to register, by fleet and outcome.</summary>
    public static Counter<long> Registrations { get; } = Meter.CreateCounter<long>(
        "wgfleet_registrations_total", null, "Requests to register a client.");

    /// <summary>Pings, by fleet and outcome.</summary>
    public static Counter<long> Pings { get; } = Meter.CreateCounter<long>("wgfleet_pings_total", null, "Pings of clients.");

    /// <summary>Traffic of a fleet's clients since its interface was read before.</summary>
    public static void Carried(string fleet, long received, long sent)
    {
        Received.Add(received, Label("fleet", fleet));
        Sent.Add(sent, Label("fleet", fleet));
    }

    /// <summary>An event is in the log.</summary>
    public static void Appended(string eventType) => Events.Add(1, Label("type", eventType));

    /// <summary>An event was read whose type or data this version does not know.</summary>
    public static void Unknown(string eventType) => UnknownEvents.Add(1, Label("type", eventType));

    /// <summary>A hook was called.</summary>
    /// <param name="hook">Its name.</param>
    /// <param name="eventType">The type of the event, or <see cref="State"/>.</param>
    /// <param name="outcome"><see cref="Ok"/>, <see cref="Failed"/> or <see cref="Dead"/>.</param>
    /// <param name="took">How long it took.</param>
    public static void Called(string hook, string eventType, string outcome, TimeSpan took)
    {
        Attempts.Add(1, Label("hook", hook), Label("outcome", outcome));
        Durations.Record(took.TotalSeconds, Label("hook", hook), Label("event", eventType), Label("outcome", outcome));
    }

    /// <summary>A projection was asked to run.</summary>
    public static void Requested(string hook) => ProjectionRequests.Add(1, Label("hook", hook));

    /// <summary>A projection ran.</summary>
    public static void Ran(string hook) => ProjectionRuns.Add(1, Label("hook", hook));

    /// <summary>A projection replaced a file, or found that it need not.</summary>
    public static void Replaced(string hook, bool written) => (written ? ProjectionWrites : ProjectionSkips).Add(1, Label("hook", hook));

    /// <summary>A response has waited for a projection: <see cref="Ok"/>, <see cref="Failed"/> or <see cref="Timeout"/>.</summary>
    public static void Awaited(string hook, string outcome, TimeSpan took) =>
        Awaits.Record(took.TotalSeconds, Label("hook", hook), Label("outcome", outcome));

    /// <summary>A request was answered.</summary>
    /// <param name="requests"><see cref="Registrations"/> or <see cref="Pings"/>.</param>
    /// <param name="fleet">A fleet that exists; empty if none does by that name.</param>
    /// <param name="status">The answer's HTTP status.</param>
    public static void Answered(Counter<long> requests, string fleet, int status) =>
        requests.Add(1, Label("fleet", fleet), Label("outcome", status < 400 ? Ok : status < 500 ? Refused : Failed));

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
