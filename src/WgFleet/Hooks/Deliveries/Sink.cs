using WgFleet.Config;

namespace WgFleet.Hooks.Deliveries;

/// <summary>An active hook that brings events out of the process: a program or an HTTP endpoint.</summary>
internal sealed record Sink(string Name, IDelivery Delivery, HookConfig Config, HookStatus Status, ILogger Log)
{
    /// <summary>How many deliveries may be under way at once; programs run one at a time.</summary>
    public int Concurrency => Config.Webhook?.Concurrency ?? 1;

    /// <summary>Whether this event is for it.</summary>
    public bool Wants(FleetEvent e) => Config.Wants(e.Type, e.Client?.Fleet) && (!EventTypes.IsOnRequest(e.Type) || Config.AsksFor(e.Type));
}
