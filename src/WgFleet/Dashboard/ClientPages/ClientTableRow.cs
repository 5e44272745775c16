using WgFleet.Dashboard.Formatting;
using WgFleet.Fleets.State;

namespace WgFleet.Dashboard.ClientPages;

/// <summary>One client as pages show it.</summary>
/// <param name="Id">The row's number, never used for another client.</param>
/// <param name="Fleet">Its fleet.</param>
/// <param name="Hostname">Its name; null if it has none.</param>
/// <param name="Online">Whether it is online.</param>
/// <param name="Pinned">Whether it is never pruned.</param>
/// <param name="Address">Its address in the tunnel.</param>
/// <param name="PublicKey">Its public key, in full.</param>
/// <param name="Source">The address it registered from, shortened.</param>
/// <param name="Registered">When it registered.</param>
/// <param name="Seen">When it was last seen.</param>
/// <param name="Handshake">Its last handshake; null if it never had one.</param>
/// <param name="Received">Bytes received from it.</param>
/// <param name="Sent">Bytes sent to it.</param>
internal sealed record ClientTableRow(
    long Id,
    string Fleet,
    string? Hostname,
    bool Online,
    bool Pinned,
    string Address,
    string PublicKey,
    string Source,
    DisplayTime Registered,
    DisplayTime Seen,
    DisplayTime? Handshake,
    string Received,
    string Sent)
{
    // A forwarded source may be kilobytes of any text, and a page has a hundred rows.
    private const int MaxSource = 64;

    public static ClientTableRow Of(RegisteredClient client, DateTimeOffset now) => new(
        client.Id,
        client.Fleet,
        client.Hostname,
        client.Liveness.IsOnline(now),
        client.Pinned is not null,
        client.Address.ToString(),
        client.PublicKey.ToString(),
        Excerpt.Of(client.RequestAddress, MaxSource)!,
        DisplayTime.Of(client.RegisteredAt, now),
        DisplayTime.Of(client.Liveness.LastSeen, now),
        client.Liveness.LastHandshake is { } at ? DisplayTime.Of(at, now) : null,
        ByteSize.Of(client.Liveness.ReceivedBytes),
        ByteSize.Of(client.Liveness.SentBytes));

    public string ShortKey => PublicKey[..16] + "...";

    public string State => Online ? "online" : "offline";

    /// <summary>The client's page, by its address: no other client has that while this one is registered.</summary>
    public string Link => $"/fleet/{Fleet}/clients/{Address}";
}
