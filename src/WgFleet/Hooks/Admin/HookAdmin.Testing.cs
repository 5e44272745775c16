using System.Text;
using WgFleet.Events;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hosting;

namespace WgFleet.Hooks.Admin;

/// <summary><c>wg-fleet hooks test</c>: gives a hook a made-up event.</summary>
internal sealed partial class HookAdmin
{
    /// <summary>Gives a hook one made-up event, when its turn comes and past its record; says what came of it.</summary>
    /// <param name="name">The hook.</param>
    /// <param name="type">The event's type; null for client.added, or the first that the hook gets.</param>
    /// <param name="fleet">The fleet it is about; null for the first that the hook follows.</param>
    /// <param name="hostname">The client's hostname; null for "test".</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<HookTestInfo> TestAsync(string name, string? type, string? fleet, string? hostname, CancellationToken cancellationToken)
    {
        var hook = WithEvents(name);
        var gets = hook.Definition.Events;
        var chosen = type ?? (gets.Count == 0 || gets.Contains(EventTypes.ClientAdded) ? EventTypes.ClientAdded : gets[0]);
        var e = MadeUp(chosen, FleetOf(hook, fleet), hostname ?? "test");
        if (hook.Definition.Kind == HookKind.Handler && !hook.Wants(e))
            throw new RefusedException(Refusal.Conflict, $"'{name}' does not ask for {e.Type}; it gets {string.Join(", ", gets)}");

        var given = new List<string>();
        ReadOnlyMemory<byte> body = EventEnvelope.Write(e, hooks.State.Domain);
        var attempt = new DeliveryAttempt(e, body, 1) { Show = given.Add, ShowBody = sent => body = sent };
        var started = time.GetTimestamp();
        var outcome = await hook.TestAsync(attempt, cancellationToken);
        return new HookTestInfo
        {
            Delivered = outcome.Verdict == DeliveryVerdict.Delivered,
            Given = given,
            Body = Encoding.UTF8.GetString(body.Span),
            Code = outcome.Code,
            Response = outcome.Response,
            Error = outcome.Error,
            TookSeconds = time.GetElapsedTime(started).TotalSeconds,
        };
    }

    private Fleet FleetOf(EventHook hook, string? name)
    {
        var fleets = hooks.State.Fleets;
        if (name is not null)
        {
            return fleets.FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                ?? throw new RefusedException(Refusal.Conflict, $"there is no fleet '{name}'; there are: {string.Join(", ", fleets.Select(f => f.Name))}");
        }

        return fleets.FirstOrDefault(f => hook.Definition.Config?.Follows(f.Name) != false) ?? fleets[0];
    }

    private FleetEvent MadeUp(string type, Fleet fleet, string hostname)
    {
        if (EventTypes.Find(type) is not { } known)
            throw new RefusedException(Refusal.Conflict, $"there is no event '{type}'; there are: {string.Join(", ", EventTypes.All)}");

        var now = time.GetUtcNow();
        var client = SampleState.Client(fleet, hooks.State.Domain, hostname) with { RegisteredAt = now };
        return known.MakeUp(new EventSample(client, ProductInfo.Version), EventStamp.New(0, now)) with { Replayed = true };
    }
}

/// <summary>What came of a made-up event.</summary>
internal sealed record HookTestInfo
{
    public bool Delivered { get; init; }

    /// <summary>What the receiver was given beside the body: command and environment, or request and headers.</summary>
    public required IReadOnlyList<string> Given { get; init; }

    /// <summary>The event as the receiver got it: the envelope, or what the template of a webhook made of it; empty if it made nothing that can be sent.</summary>
    public required string Body { get; init; }

    public string? Code { get; init; }

    public string? Response { get; init; }

    public string? Error { get; init; }

    public double TookSeconds { get; init; }
}
