using System.Collections.Concurrent;
using WgFleet.Config;
using WgFleet.Fleets.Commands;
using WgFleet.Fleets.Naming;
using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Fleets;

/// <content>The names that clients ask for.</content>
internal sealed partial class ClientRegistry
{
    /// <summary>Longer than the time between two readings of an interface while the server works.</summary>
    private static readonly TimeSpan Unwatched = TimeSpan.FromMinutes(1);

    // When each fleet's interface was last read.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _observed = new();

    /// <summary>
    /// Names a client that pings, by the fleet's policy: with <see cref="HostnamePolicy.Suffix"/> it gets the name it asks for, or the first free one of name--2, name--3
    /// and so on. Does not use the writer if nothing changes.
    /// </summary>
    /// <param name="fleet">The client's fleet.</param>
    /// <param name="client">The client.</param>
    /// <param name="asked">The name; null if it asks for none.</param>
    /// <exception cref="RefusedException">The client has just been removed.</exception>
    public async ValueTask<Renaming> NameAsync(FleetSnapshot fleet, RegisteredClient client, string? asked)
    {
        // As nearly every ping does.
        if (asked == client.Hostname && fleet.Config.Hostnames != HostnamePolicy.Roster)
        {
            client.Liveness.NameNotRefused();
            return new Renaming(asked, Changed: false);
        }

        var decision = new NameRules(fleet.Config, fleet.Frozen, fleet.ByHostname.GetValueOrDefault, IsGone).Decide(client, asked);
        var renaming = decision.Verdict is NameVerdict.Keep or NameVerdict.Refuse
            ? Renaming.Without(decision, client)
            : await writer.ExecuteAsync(new RequestHostnameCommand(client.Fleet, client.Address, asked, IsGone));
        if (!renaming.IsRefused)
            client.Liveness.NameNotRefused();
        else if (client.Liveness.NameRefused(asked!, time.GetUtcNow()))
            Log.NameRefused(log, fleet.Config.Name, client.Address, asked!, renaming.Holder!.Address);

        return renaming;
    }

    /// <summary>
    /// Whether a client is gone, so that another may have its name: it is offline, and neither pinged nor registered within offline_after. While it is not known for that
    /// long who is alive, as after a start or a lost interface, nobody is gone.
    /// </summary>
    private bool IsGone(RegisteredClient client)
    {
        var (now, offlineAfter) = (time.GetUtcNow(), config.OfflineAfter);
        return !client.Liveness.IsOnline(now)
            && now - client.Liveness.LastSeen > offlineAfter
            && now - links[client.Fleet].SessionsLostAt > offlineAfter
            && _observed.TryGetValue(client.Fleet, out var at) && (now - at).Duration() <= Unwatched;
    }
}
