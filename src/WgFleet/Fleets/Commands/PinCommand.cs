using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Fleets.Commands;

/// <summary>Pins or unpins a client; the answer is the changed client. A client that is pinned already keeps its pin.</summary>
/// <param name="fleet">The fleet's name.</param>
/// <param name="id">The client.</param>
/// <param name="by">Who pins it; null to unpin it.</param>
internal sealed class PinCommand(string fleet, long id, string? by) : RegistryCommand<PinChange>
{
    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        var client = within.Find(id) ?? throw new RefusedException(Refusal.NotFound, "the client has just been removed");
        var changes = (by is null) != (client.Pinned is null);
        if (changes)
        {
            client = client with { Pinned = by is null ? null : new Pin(batch.Now, by) };
            within.Replace(client);
            batch.Rows.Pinned.Add((id, client.Pinned));
        }

        Result = new PinChange(client, changes);
    }
}

/// <summary>A client, and whether it was pinned or unpinned just now.</summary>
internal sealed record PinChange(RegisteredClient Client, bool Changed);
