using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands.Peers;

/// <summary>
/// Gives a client that registers again a preshared key, or takes it, because the fleet's setting has changed since it registered. A client that has what the fleet gives
/// keeps it; the answer is the client with it.
/// </summary>
internal sealed class PresharedKeyCommand(string fleet, long id) : RegistryCommand<RegisteredClient>
{
    /// <summary>Whether a client has a preshared key and its fleet gives none, or the other way round.</summary>
    public static bool IsNeeded(RegisteredClient client, FleetSnapshot fleet) => client.PresharedKey is not null != fleet.Config.Client.Preshared;

    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        var client = within.Find(id) ?? throw new RefusedException(Refusal.NotFound, "the client has just been removed");
        Result = client;
        if (!IsNeeded(client, within.Before))
            return;

        batch.NeedTunnel(fleet);
        Result = client with { PresharedKey = client.PresharedKey is null ? PresharedKey.Generate() : null };
        within.Replace(Result);
        within.PeerChanges.Add(new PeerChange(Result.PublicKey) { PresharedKey = Result.PresharedKey ?? PresharedKey.None, UpdateOnly = true });
        batch.Rows.PresharedKeys.Add((id, Result.PresharedKey));
        batch.Wait(this, fleet, needsTunnel: true);
    }
}
