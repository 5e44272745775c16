using System.Collections.ObjectModel;
using System.Globalization;

namespace WgFleet.Hooks;

/// <summary>
/// The names of the events on the wire and in the database, and the table of their types. Everything that differs between types,
/// except their records, is in this table.
/// </summary>
public static class EventTypes
{
    /// <summary>See <see cref="StartupEvent"/>.</summary>
    public const string Startup = "startup";

    /// <summary>See <see cref="Hooks.ClientAdded"/>.</summary>
    public const string ClientAdded = "client.added";

    /// <summary>See <see cref="Hooks.ClientHostnameChanged"/>.</summary>
    public const string ClientHostnameChanged = "client.hostname_changed";

    /// <summary>See <see cref="Hooks.ClientRemoved"/>.</summary>
    public const string ClientRemoved = "client.removed";

    /// <summary>See <see cref="Hooks.ClientOnline"/>.</summary>
    public const string ClientOnline = "client.online";

    /// <summary>See <see cref="Hooks.ClientOffline"/>.</summary>
    public const string ClientOffline = "client.offline";

    /// <summary>See <see cref="Hooks.ClientImageChanged"/>.</summary>
    public const string ClientImageChanged = "client.image_changed";

    /// <summary>See <see cref="Hooks.ClientFactsChanged"/>.</summary>
    public const string ClientFactsChanged = "client.facts_changed";

    /// <summary>See <see cref="Hooks.ClientAddressChanged"/>.</summary>
    public const string ClientAddressChanged = "client.address_changed";

    /// <summary>See <see cref="Hooks.ClientTagsChanged"/>.</summary>
    public const string ClientTagsChanged = "client.tags_changed";

    /// <summary>See <see cref="Hooks.ClientCloned"/>.</summary>
    public const string ClientCloned = "client.cloned";

    /// <summary>See <see cref="Hooks.FleetRepaired"/>.</summary>
    public const string FleetRepaired = "fleet.repaired";

    /// <summary>See <see cref="Hooks.FleetPhaseChanged"/>.</summary>
    public const string FleetPhaseChanged = "fleet.phase_changed";

    /// <summary>See <see cref="Hooks.GatewayTookOver"/>.</summary>
    public const string GatewayTookOver = "gateway.took_over";

    private static readonly IReadOnlyList<EventType> Table =
    [
        EventType.Of<StartupEvent>(
            Startup,
            e => new() { Version = e.Version },
            (data, stamp) => new(data.Version ?? "") { Stamp = stamp },
            (sample, stamp) => new(sample.Version) { Stamp = stamp },
            e => $"the server started, version {e.Version}"),

        EventType.Of<ClientAdded>(
            ClientAdded,
            e => new() { Restored = e.Restored ? true : null, Operator = e.Operator },
            (data, stamp) => new(data.ToClient()) { Stamp = stamp, Restored = data.Restored ?? false, Operator = data.Operator },
            (sample, stamp) => new(sample.Client) { Stamp = stamp },
            e => e.Restored ? $"restored by {e.Operator?.Name ?? "an operator"}, with {Addresses(e.Client)}" : $"registered from {e.Client.RequestAddress}, got {Addresses(e.Client)}"),

        EventType.Of<ClientHostnameChanged>(
            ClientHostnameChanged,
            e => new() { Previous = e.Previous, Operator = e.Operator },
            (data, stamp) => new(data.ToClient(), data.Previous) { Stamp = stamp, Operator = data.Operator },
            (sample, stamp) => new(sample.Client, sample.Client.Hostname + "-before") { Stamp = stamp },
            e => (e.Previous is null ? $"got the name {e.Client.Hostname}" : e.Client.Hostname is null ? $"lost the name {e.Previous}" : $"renamed from {e.Previous} to {e.Client.Hostname}") + By(e.Operator)),

        EventType.Of<ClientRemoved>(
            ClientRemoved,
            e => new() { Reason = e.Reason, Operator = e.Operator },
            (data, stamp) => new(data.ToClient(), data.Reason ?? "") { Stamp = stamp, Operator = data.Operator },
            (sample, stamp) => new(sample.Client, "stale") { Stamp = stamp },
            e => e.Reason switch
            {
                "stale" => $"pruned{(e.Operator is null ? "" : $", which {e.Operator.Name} allowed")}: silent for longer than prune_timeout",
                "removed" => $"removed by {e.Operator?.Name ?? "an operator"}",
                "left" => "removed: the machine left the fleet",
                "tunnel" => "removed: WireGuard did not set its peer",
                _ => $"removed: {e.Reason}",
            }),

        EventType.Of<ClientOnline>(
            ClientOnline,
            _ => new(),
            (data, stamp) => new(data.ToClient()) { Stamp = stamp },
            (sample, stamp) => new(sample.Client) { Stamp = stamp },
            _ => "came online") with { OnlyByName = true, OnlyWhileAskedFor = true, RunsProjections = false },

        EventType.Of<ClientOffline>(
            ClientOffline,
            e => new() { LastSeen = e.LastSeen },
            (data, stamp) => new(data.ToClient(), data.LastSeen ?? stamp.Time) { Stamp = stamp },
            (sample, stamp) => new(sample.Client, stamp.Time) { Stamp = stamp },
            e => string.Create(CultureInfo.InvariantCulture, $"went offline, last seen at {e.LastSeen.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'}")) with
            {
                OnlyByName = true, OnlyWhileAskedFor = true, RunsProjections = false,
            },

        EventType.Of<ClientImageChanged>(
            ClientImageChanged,
            e => new() { Previous = e.Previous },
            (data, stamp) => new(data.ToClient(), data.Previous ?? "") { Stamp = stamp },
            (sample, stamp) => new(sample.Client, "before") { Stamp = stamp },
            e => $"runs image {e.Client.Facts.GetValueOrDefault("image", "unknown")}, before {e.Previous}") with { OnlyByName = true },

        EventType.Of<ClientFactsChanged>(
            ClientFactsChanged,
            _ => new(),
            (data, stamp) => new(data.ToClient()) { Stamp = stamp },
            (sample, stamp) => new(sample.Client) { Stamp = stamp },
            _ => "registered again, and says something else of itself") with { OnlyByName = true },

        EventType.Of<ClientAddressChanged>(
            ClientAddressChanged,
            _ => new(),
            (data, stamp) => new(data.ToClient()) { Stamp = stamp },
            (sample, stamp) => new(sample.Client) { Stamp = stamp },
            e => $"registered again, got {e.Client.Address4 ?? e.Client.Address}") with { OnlyByName = true },

        EventType.Of<ClientTagsChanged>(
            ClientTagsChanged,
            e => new() { PreviousTags = e.Previous.Count == 0 ? null : e.Previous, Operator = e.Operator },
            (data, stamp) => new(data.ToClient(), data.PreviousTags ?? ReadOnlyDictionary<string, string>.Empty) { Stamp = stamp, Operator = data.Operator },
            (sample, stamp) => new(sample.Client, ReadOnlyDictionary<string, string>.Empty) { Stamp = stamp, Operator = new("ops", "session", "192.0.2.7") },
            e => (e.Client.Tags.Count == 0 ? "lost its tags" : $"has the tags {string.Join(" ", e.Client.Tags.Order().Select(t => $"{t.Key}={t.Value}"))}") + By(e.Operator))
            with { OnlyByName = true },

        EventType.Of<ClientCloned>(
            ClientCloned,
            e => new() { Endpoints = e.Endpoints, Identities = e.Identities },
            (data, stamp) => new(data.ToClient(), data.Endpoints ?? [], data.Identities ?? []) { Stamp = stamp },
            (sample, stamp) => new(sample.Client, ["192.0.2.7:51820", "192.0.2.8:51820"], ["9f86d081884c7d65", "60303ae22b998861"]) { Stamp = stamp },
            e => $"several machines seem to have its key{(e.Endpoints.Count == 0 ? "" : $", heard from {string.Join(" and ", e.Endpoints)}")}") with
            {
                OnlyByName = true, RunsProjections = false,
            },

        EventType.Of<FleetRepaired>(
            FleetRepaired,
            e => new() { Fleet = e.Name, Reason = e.Reason },
            (data, stamp) => new(data.Fleet ?? "", data.Reason ?? "") { Stamp = stamp },
            (sample, stamp) => new(sample.Client.Fleet, "it was down") { Stamp = stamp },
            e => $"the interface was repaired: {e.Reason}") with { OnlyByName = true, RunsProjections = false },

        EventType.Of<FleetPhaseChanged>(
            FleetPhaseChanged,
            e => new() { Fleet = e.Name, Phase = e.Phase, Previous = e.Previous, Until = e.Until },
            (data, stamp) => new(data.Fleet ?? "", data.Phase, data.Previous, data.Until) { Stamp = stamp },
            (sample, stamp) => new(sample.Client.Fleet, "contest", null, stamp.Time.AddHours(5)) { Stamp = stamp },
            e => e.Phase is null
                ? $"the phase {e.Previous} is over"
                : string.Create(CultureInfo.InvariantCulture, $"the phase {e.Phase} began, until {e.Until?.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'}"))
            with { OnlyByName = true, RunsProjections = false },

        EventType.Of<GatewayTookOver>(
            GatewayTookOver,
            e => new() { Gateway = e.Gateway, Epoch = e.Epoch, Reason = e.Cause },
            (data, stamp) => new(data.Gateway ?? "", data.Epoch ?? 0, data.Reason ?? "") { Stamp = stamp },
            (_, stamp) => new("gw2", 7, "expired") { Stamp = stamp },
            e => $"gateway {e.Gateway} took the lease: " + e.Cause switch
            {
                "first" => "no gateway has had it before",
                "own" => "it was its own",
                "released" => "the gateway before gave it back",
                "expired" => "the gateway before did not renew it in time",
                _ => e.Cause,
            }) with { OnlyByName = true, RunsProjections = false },

        .. OperatorActs.Types,
    ];

    private static readonly Dictionary<string, EventType> ByName = Table.ToDictionary(t => t.Name);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Table.Select(t => t.Name)];

    /// <summary>Whether only hooks that ask for it by name get it: a handler of its type, or a list of events that has it.</summary>
    public static bool IsOnlyByName(string type) => Find(type)?.OnlyByName == true;

    /// <summary>The sentence of an event for people; the name of its type if that is not in the table.</summary>
    internal static string Tell(FleetEvent e) => Of(e)?.Tell(e) ?? e.Type;

    private static string Addresses(Client client) => string.Join(" and ", client.Addresses);

    private static string By(FleetOperator? by) => by is null ? "" : $" by {by.Name}";

    /// <summary>The entry of a type; null for a name that no type has.</summary>
    internal static EventType? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The entry of an event's type; null if the table does not have the type.</summary>
    internal static EventType? Of(FleetEvent e) => Find(e.Type) is { } type && type.Record == e.GetType() ? type : null;
}
