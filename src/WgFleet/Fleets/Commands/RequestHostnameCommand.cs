using System.Net;
using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Fleets.Commands;

/// <summary>
/// A client asks for a hostname and gets it, or the first free one of name--2, name--3 and so on. A client that has such a number
/// keeps it for as long as the name itself is taken. In a frozen fleet, clients keep the names they have.
/// </summary>
internal sealed class RequestHostnameCommand(string fleet, IPAddress address, string asked) : RegistryCommand<Renaming>
{
    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        var client = within.Find(address) ?? throw new RefusedException(Refusal.NotFound, "Client not registered");
        if (AlreadyHas(client, asked, within.IsFree(asked)) || IsKept(client, within.Frozen))
        {
            Result = new Renaming(client.Hostname!, Changed: false);
            return;
        }

        var hostname = within.FirstFree(asked);
        batch.Rename(within, client, hostname);
        Result = new Renaming(hostname, Changed: true);
    }

    /// <summary>Whether a client keeps the name it has, whatever it asks for.</summary>
    public static bool IsKept(RegisteredClient client, Freeze? freeze) => freeze is not null && client.Hostname is not null;

    /// <summary>Whether a client has the name it would get if it asked for one.</summary>
    public static bool AlreadyHas(RegisteredClient client, string asked, bool askedIsFree) =>
        client.Hostname == asked || (!askedIsFree && client.Hostname is { } hostname && Hostnames.IsSuffixed(hostname, asked));
}

/// <summary>The present name of a client, and whether it has changed.</summary>
internal sealed record Renaming(string Hostname, bool Changed);
