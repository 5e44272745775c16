using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Fleets.Commands;

/// <summary>Pins a client, or ends that; the answer is the client as it is then. One that is so already stays as it is.</summary>
/// <param name="fleet">The fleet's name.</param>
/// <param name="id">The client.</param>
/// <param name="by">Who pins it; null to unpin it.</param>
internal sealed class PinCommand(string fleet, long id, string? by) : RegistryCommand<PinChange>
{
    public override void Decide(Batch draft)
    {
        var within = draft.Fleet(fleet);
        var member = within.Find(id) ?? throw new RefusedException(Refusal.NotFound, "the client has just been removed");
        var changes = (by is null) != (member.Pinned is null);
        if (changes)
        {
            member = member with { Pinned = by is null ? null : new Pin(draft.Now, by) };
            within.Replace(member);
            draft.Rows.Pinned.Add((id, member.Pinned?.Since.UtcDateTime, member.Pinned?.By));
        }

        Result = new PinChange(member, changes);
    }
}

/// <summary>A client, and whether what holds for it is new.</summary>
internal sealed record PinChange(RegisteredClient RegisteredClient, bool Changed);
