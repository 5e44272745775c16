using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;

namespace WgFleet.Fleets.Commands.Peers;

/// <summary>
/// Gives a client that registers again an IPv4 address beside its IPv6 one, because its fleet has IPv4 since it registered, or has other addresses now. The answer is the client
/// with it, or without if no address is free: it must not lose the tunnel that it has.
/// </summary>
internal sealed class SecondAddressCommand(string fleet, long id) : RegistryCommand<RegisteredClient>
{
    /// <summary>Whether a client has no IPv4 address although its fleet gives them.</summary>
    public static bool IsNeeded(RegisteredClient client, FleetSnapshot fleet) => fleet.Config.SecondNetwork is not null && client.SecondAddress is null;

    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        var client = within.Find(id) ?? throw new RefusedException(Refusal.NotFound, "the client has just been removed");
        Result = client;
        if (!IsNeeded(client, within.Before) || within.FreeAddress(within.Before.Config.SecondNetwork!) is not { } address)
            return;

        batch.NeedTunnel(fleet);
        var changed = client with { SecondAddress = address };
        Result = changed;
        within.Replace(changed);
        within.PeerChanges.Add(changed.ToPeer() with { UpdateOnly = true });
        batch.Rows.SecondAddresses.Add((id, fleet, address));
        batch.Record(id, stamp => new ClientAddressChanged(batch.ToClient(changed)) { Stamp = stamp });
        batch.Wait(this, fleet, needsTunnel: true);
    }
}
