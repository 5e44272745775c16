using System.Net;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Fleets.Commands;

/// <summary>
/// Restores a removed client with its key, address and name. Its tunnel works again with the old key, without any action on the
/// machine. For pruning it counts as just registered.
/// </summary>
internal sealed class RestoreCommand(Tombstone tombstone, FleetOperator by) : RegistryCommand<RegisteredClient>
{
    public override void Decide(Batch batch)
    {
        var into = batch.Fleet(tombstone.Fleet);
        Check(batch, into);

        var client = new RegisteredClient(tombstone)
        {
            Id = batch.NextId(),
            SecondAddress = SecondAddress(into),
            Hostname = null,
            NamedBy = null,
            Liveness = new Liveness(batch.Now, into.Before.Config.OfflineAfter, tombstone.LastHandshake),
        };

        batch.Rows.RestoredKeys.Add(client.PublicKey.ToString());
        batch.Rows.ReleasedKeys.Add(client.PublicKey.ToString());
        batch.Add(into, client);
        batch.Record(client.Id, stamp => new ClientAdded(batch.ToClient(client)) { Stamp = stamp, Restored = true, Operator = by });

        batch.Wait(this, tombstone.Fleet);

        // The name has an event of its own, because some hooks follow names by that event only.
        Result = tombstone.Hostname is { } hostname ? batch.Rename(into, client, hostname, by, namedBy: tombstone.NamedBy) : client;
    }

    private void Check(Batch batch, FleetBuilder into)
    {
        var config = into.Before.Config;
        if (into.Find(tombstone.PublicKey) is { } back)
            throw new RefusedException(Refusal.Conflict, $"it is restored already: {Named(back)} has its key");

        if (batch.FindInOtherFleets(tombstone.Fleet, tombstone.PublicKey) is { } other)
            throw new RefusedException(Refusal.Conflict, $"its key is now that of {Named(other)} in fleet {other.Fleet}; remove that one first");

        var (address, subnet, gateway) = (tombstone.Address, config.Network.IsIPv4 ? "subnet4" : "subnet", config.Network.IsIPv4 ? "ip4" : "ip6");
        if (!config.Network.MayAssign(address))
            throw new RefusedException(Refusal.Conflict, $"fleet {tombstone.Fleet}, now with {subnet} {config.Network.Subnet} and {gateway} {config.Network.Gateway}, does not give out its address {address}; it must register again");

        if (new[] { address, SecondAddress(into) }.OfType<IPAddress>().FirstOrDefault(a => into.HasAddress(a)) is { } taken)
            throw new RefusedException(Refusal.Conflict, $"its address {taken} is now that of {Named(into.Find(taken)!)}; remove that one first");

        if (tombstone.Hostname is { } hostname && into.Find(hostname) is { } holder)
            throw new RefusedException(Refusal.Conflict, $"'{hostname}' is now the name of {holder.Address}; rename that one first, with wg-fleet clients rename");
    }

    // One that the fleet no longer gives is replaced when the machine registers again.
    private IPAddress? SecondAddress(FleetBuilder into) =>
        tombstone.SecondAddress is { } address && into.Before.Config.SecondNetwork?.MayAssign(address) == true ? address : null;

    private static string Named(RegisteredClient client) => client.Hostname is { } hostname ? $"{hostname} ({client.Address})" : $"{client.Address}";
}
