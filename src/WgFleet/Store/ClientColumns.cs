using System.Net;
using WgFleet.Store.Engine;
using WgFleet.WireGuard;

namespace WgFleet.Store;

/// <summary>
/// The columns of a client that both its row and its tombstone have, each once. In the table clients, the Python server's columns
/// keep their names.
/// </summary>
internal static class ClientColumns
{
    private static readonly (string InClients, string InTombstones, Func<ClientRecord, object?> Write, Func<ClientRecord, Field, ClientRecord> Read)[] All =
    [
        ("id", "client_id", c => c.Id, (c, field) => c with { Id = field.Number }),
        ("fleet_id", "fleet", c => c.Fleet, (c, field) => c with { Fleet = field.Text }),
        ("public_key", "public_key", c => c.PublicKey.ToString(), (c, field) => c with { PublicKey = WireGuardKey.Parse(field.Text) }),
        ("assigned_ip", "address", c => c.Address.ToString(), (c, field) => c with { Address = IPAddress.Parse(field.Text) }),
        ("assigned_ip4", "address4", c => c.SecondAddress?.ToString(), (c, field) => c with { SecondAddress = field.TextOrNull is { } text ? IPAddress.Parse(text) : null }),
        ("http_request_ip", "request_address", c => c.RequestAddress, (c, field) => c with { RequestAddress = field.Text }),
        ("hostname", "hostname", c => c.Hostname, (c, field) => c with { Hostname = field.TextOrNull }),
        ("named_by", "named_by", c => c.NamedBy, (c, field) => c with { NamedBy = field.TextOrNull }),
        ("registered_at", "registered_at", c => c.RegisteredAt, (c, field) => c with { RegisteredAt = field.TimeOrNull ?? default }),
        ("prune_timeout", "prune_timeout", c => (long?)c.PruneTimeout?.TotalSeconds, (c, field) => c with { PruneTimeout = Seconds(field.NumberOrNull) }),
        ("tags", "tags", c => Tags.Write(c.Tags), (c, field) => c with { Tags = Tags.Read(field.TextOrNull) }),
        ("facts", "facts", c => Facts.Write(c.Facts), (c, field) => c with { Facts = Facts.Read(field.TextOrNull) }),
        ("preshared_key", "preshared_key", c => c.PresharedKey?.Reveal(), (c, field) => c with { PresharedKey = field.TextOrNull is { } text ? PresharedKey.Parse(text) : null }),
        ("pinned_at", "pinned_at", c => c.Pinned?.Since, (c, field) => c with { Pinned = field.TimeOrNull is { } since ? new Pin(since, "") : null }),
        ("pinned_by", "pinned_by", c => c.Pinned?.By, (c, field) => c with { Pinned = c.Pinned is { } pin ? pin with { By = field.TextOrNull ?? "" } : null }),
    ];

    /// <summary>All columns of the table clients.</summary>
    public static Columns<StoredClient> OfClients { get; } = new(
    [
        .. Shared<StoredClient>(c => c.InClients),
        new("timestamp", c => c.LastPing, (c, field) => c with { LastPing = field.Time }),
        new("last_handshake", c => c.LastHandshake, (c, field) => c with { LastHandshake = field.TimeOrNull }),
        new("endpoint", c => c.Endpoint?.ToString(), (c, field) => c with { Endpoint = Endpoint(field.TextOrNull) }),
        new("online_since", c => c.OnlineSince, (c, field) => c with { OnlineSince = field.TimeOrNull }),
    ]);

    /// <summary>All columns of the table removed_clients.</summary>
    public static Columns<Tombstone> OfTombstones { get; } = new(
    [
        .. Shared<Tombstone>(c => c.InTombstones),
        new("seq", t => t.Sequence, (t, field) => t with { Sequence = field.Number }),
        new("removed_at", t => t.RemovedAt, (t, field) => t with { RemovedAt = field.Time }),
        new("cause", t => t.Cause, (t, field) => t with { Cause = field.Text }),
        new("removed_by", t => t.RemovedBy, (t, field) => t with { RemovedBy = field.TextOrNull }),
        new("last_ping", t => t.LastPing, (t, field) => t with { LastPing = field.Time }),
        new("last_handshake", t => t.LastHandshake, (t, field) => t with { LastHandshake = field.TimeOrNull }),
        new("last_traffic", t => t.LastTraffic, (t, field) => t with { LastTraffic = field.TimeOrNull }),
    ]);

    /// <summary>The shared columns, for records that derive from <see cref="ClientRecord"/>, by their names in one of the tables.</summary>
    public static IEnumerable<Column<T>> Shared<T>(Func<(string InClients, string InTombstones), string> name)
        where T : ClientRecord => All.Select(c => new Column<ClientRecord>(name((c.InClients, c.InTombstones)), c.Write, c.Read).Of<T>());

    // The endpoint only speeds things up, so a client whose endpoint cannot be read is loaded without it.
    private static IPEndPoint? Endpoint(string? text) => IPEndPoint.TryParse(text ?? "", out var endpoint) ? endpoint : null;

    private static TimeSpan? Seconds(long? seconds) => seconds is > 0 and var some && some < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(some) : null;
}
