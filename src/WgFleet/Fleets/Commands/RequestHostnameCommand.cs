using System.Net;
using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Fleets.Commands;

/// <summary>
/// A client asks for a hostname and gets it, or the first free one of name--2, name--3, and so on. Who has such a number
/// keeps it for as long as the name itself is taken. In a fleet that is frozen, who has a name keeps that.
/// </summary>
internal sealed class RequestHostnameCommand(string fleet, IPAddress address, string asked) : RegistryCommand<Renaming>
{
    public override void Decide(Batch draft)
    {
        var within = draft.Fleet(fleet);
        var member = within.Find(address) ?? throw new RefusedException(Refusal.NotFound, "Client not registered");
        if (Settled(member, asked, within.IsFree(asked)) || IsKept(member, within.Frozen))
        {
            Result = new Renaming(member.Hostname!, Changed: false);
            return;
        }

        var hostname = within.FirstFree(asked);
        draft.Rename(within, member, hostname);
        Result = new Renaming(hostname, Changed: true);
    }

    /// <summary>Whether a client keeps the name it has, whatever it asks for.</summary>
    public static bool IsKept(RegisteredClient member, Freeze? freeze) => freeze is not null && member.Hostname is not null;

    /// <summary>Whether a client that asks for a name has what it can get already.</summary>
    public static bool Settled(RegisteredClient member, string asked, bool askedIsFree) =>
        member.Hostname == asked || (!askedIsFree && member.Hostname is { } hostname && Hostnames.IsSuffixed(hostname, asked));
}

/// <summary>The name a client has now, and whether it is a new one.</summary>
internal sealed record Renaming(string Hostname, bool Changed);
