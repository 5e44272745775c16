using WgFleet.Cli.Output;
using WgFleet.Http.Api;

namespace WgFleet.Cli.ClientCommands;

/// <summary>The columns of lists of clients.</summary>
internal static class ClientLists
{
    /// <summary>Of clients.</summary>
    public static readonly Column<ClientInfo>[] Present =
    [
        new("NAME", c => c.Hostname, MayBeCut: true),
        new("FLEET", c => c.Fleet),
        new("ADDRESS", c => c.Address),
        new("STATE", ClientsText.State),
        new("SEEN", c => c.LastSeen),
        new("REGISTERED", c => c.RegisteredAt),
        new("FULL NAME", c => c.Fqdn, IsWide: true),
        new("NAMED BY", c => c.NamedBy, IsWide: true),
        new("KEY", c => c.PublicKey, IsWide: true),
        new("SOURCE", c => c.RequestAddress, IsWide: true),
        new("PING", c => c.LastPing, IsWide: true),
        new("HANDSHAKE", c => c.LastHandshake, IsWide: true),
        new("RECEIVED", c => c.ReceivedBytes, IsWide: true),
        new("SENT", c => c.SentBytes, IsWide: true),
        new("TAGS", c => Tags(c.Tags), IsWide: true),
    ];

    /// <summary>Of removed clients.</summary>
    public static readonly Column<RemovedClientInfo>[] Removed =
    [
        new("NAME", c => c.Hostname, MayBeCut: true),
        new("FLEET", c => c.Fleet),
        new("ADDRESS", c => c.Address),
        new("REMOVED", c => c.RemovedAt),
        new("KEPT UNTIL", c => c.KeptUntil),
        new("WHY", RemovedClients.Why, MayBeCut: true),
        new("KEY", c => c.PublicKey, IsWide: true),
        new("REGISTERED", c => c.RegisteredAt, IsWide: true),
        new("SOURCE", c => c.RequestAddress, IsWide: true),
    ];

    /// <summary>Tags as people write them; null if there are none.</summary>
    public static string? Tags(IReadOnlyDictionary<string, string>? tags) => tags is null ? null : string.Join(' ', tags.Select(t => $"{t.Key}={t.Value}"));
}
