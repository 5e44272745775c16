using WgFleet.Cli.Output;
using WgFleet.Http.Api;

namespace WgFleet.Cli.ClientCommands;

/// <summary>Prints clients and their history for people.</summary>
internal static class ClientsText
{
    public static void Print(ClientInfo client, Func<DateTimeOffset, string> time) => Table.Print(
    [
        ["name", client.Hostname ?? "-"],
        ["full name", client.Fqdn ?? "-"],
        .. client.NamedBy is { } by ? [["named by", $"{by}, whatever the machine asks for"]] : Array.Empty<string[]>(),
        ["fleet", client.Fleet],
        ["address", client.Address],
        ["public key", client.PublicKey],
        ["state", State(client)],
        .. client.SharedKey is { } shared ? [["shared key", $"since {time(shared.Since)}, {shared.Text}"]] : Array.Empty<string[]>(),
        ["pinned", client.Pinned is null ? "no" : Since(client.Pinned, time)],
        ["registered", $"{time(client.RegisteredAt)} from {client.RequestAddress}"],
        ["last seen", time(client.LastSeen)],
        ["last ping", time(client.LastPing)],
        ["last handshake", client.LastHandshake is { } at ? time(at) : "-"],
        ["received", $"{client.ReceivedBytes} bytes"],
        ["sent", $"{client.SentBytes} bytes"],
        .. client.PruneTimeoutSeconds is { } quiet ? [["prune timeout", Config.Duration.ToText(TimeSpan.FromSeconds(quiet))]] : Array.Empty<string[]>(),
        .. ClientLists.Tags(client.Tags) is { } tags ? [["tags", tags]] : Array.Empty<string[]>(),
        .. (client.Facts ?? Store.Facts.None).Select(f => new[] { f.Key.Replace('_', ' '), f.Value }),
    ]);

    public static void Print(ClientHistoryResponse history, Func<DateTimeOffset, string> time)
    {
        string? before = null;
        foreach (var line in history.Lines)
        {
            // Several machines may have had one name, one after the other.
            if (line.PublicKey != before)
                Console.Out.WriteLine(Table.Plain($"{line.Address} of {line.Fleet}, key {line.PublicKey}"));

            Console.Out.WriteLine(Table.Plain($"  {time(line.Time)}  {line.Text}"));
            before = line.PublicKey;
        }

        if (history.Now is not { } now)
        {
            Console.Out.WriteLine("There is no such client now.");
            if (history.Removed is { } removed)
                Console.Out.WriteLine(Table.Plain(
                    $"It was {RemovedClients.Why(removed)}; until {time(removed.KeptUntil)} 'wg-fleet clients restore {removed.Address}' restores it."));
            return;
        }

        var handshake = now.LastHandshake is { } at ? $"last handshake {time(at)}" : "no handshake yet";
        Console.Out.WriteLine(Table.Plain($"Now it is {State(now)}: last seen {time(now.LastSeen)}, {handshake}, as {now.Fqdn ?? now.Address}."));
        if (now.Pinned is not null)
            Console.Out.WriteLine(Table.Plain($"It is pinned {Since(now.Pinned, time)}: it is never pruned."));
    }

    /// <summary>Since when a client is pinned, and who pinned it.</summary>
    public static string Since(PinInfo? pin, Func<DateTimeOffset, string> time) => pin is null ? "" : $"since {time(pin.Since)}, by {pin.By}";

    /// <summary>Whether it is online, and whether it is pinned.</summary>
    public static string State(ClientInfo client) => (client.Online ? "online" : "offline") + (client.Pinned is null ? "" : ", pinned");
}
