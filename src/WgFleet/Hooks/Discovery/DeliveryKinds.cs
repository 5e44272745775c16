using WgFleet.Config;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Exec;
using WgFleet.Hooks.Deliveries.Streaming;
using WgFleet.Hooks.Deliveries.Webhook;
using WgFleet.Hooks.Programs;
using WgFleet.Linux;

namespace WgFleet.Hooks.Discovery;

/// <summary>The table of the kinds of delivery: what runs the settings that <see cref="Config.Reading.KindReader"/> has read.</summary>
internal static class DeliveryKinds
{
    /// <summary>The kind of these settings.</summary>
    public static DeliveryKind Of(DeliveryConfig settings) => settings switch
    {
        ExecConfig exec => new(ProgramLadder.Attempts, ExecDelivery.Problems(exec), c => new ExecDelivery(c.Hook, exec, c.Time, c.Log, c.MaxAttempts, runs: c.Runs)),
        StreamConfig stream => new(ProgramLadder.Attempts, StreamDelivery.Problems(stream), c => new StreamDelivery(c.Hook, stream, c.Settings, c.Time, c.Log, c.MaxAttempts, runs: c.Runs)),
        WebhookConfig webhook => new(WebhookLadder.Attempts, WebhookDelivery.Problems(webhook), c => new WebhookDelivery(webhook, c.Time, maxAttempts: c.MaxAttempts, settings: c.Settings)),
        _ => throw new ArgumentException($"nothing delivers by '{settings.Key}'", nameof(settings)),
    };
}

/// <summary>How events are delivered by given settings.</summary>
/// <param name="DefaultAttempts">How often an event is tried unless max_attempts says otherwise.</param>
/// <param name="Problems">Why the settings cannot work on this machine: keys below the kind's, and sentences. Looked for when they are enumerated; may read files.</param>
/// <param name="Create">Creates what makes the attempts. Disposed of with the hook if it is disposable.</param>
internal sealed record DeliveryKind(int DefaultAttempts, IEnumerable<(string Key, string Text)> Problems, Func<DeliveryContext, IDelivery> Create);

/// <summary>What a delivery is created with, beside its settings.</summary>
/// <param name="Hook">The hook's name.</param>
/// <param name="MaxAttempts">How often an event is tried.</param>
/// <param name="Settings">The hook's settings.</param>
/// <param name="Time">The clock.</param>
/// <param name="Log">The hook's log.</param>
/// <param name="Runs">Notes which programs run; null where nobody needs to know after a crash.</param>
internal sealed record DeliveryContext(string Hook, int MaxAttempts, IReadOnlyDictionary<string, string> Settings, TimeProvider Time, ILogger Log, ProgramRuns? Runs = null);
