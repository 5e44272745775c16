using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands;

/// <summary>
/// Adds a client with a free address, its row, its peer and the event client.added. If the machine made its key itself and a client
/// has that key, the answer is that client.
/// </summary>
internal sealed class RegisterCommand(string fleet, WireGuardKey publicKey, string requestAddress, bool isClientsOwn, EnrollmentToken? token, IReadOnlyDictionary<string, string>? facts) : RegistryCommand<RegisteredClient>
{
    public override void Decide(Batch batch)
    {
        batch.NeedTunnel(fleet);
        var into = batch.Fleet(fleet);
        if (isClientsOwn && into.Find(publicKey) is { } known)
        {
            // WireGuard may not have taken it yet: then this caller waits for that, as the one who asked first does.
            if (batch.IsRegistering(known.Id))
                batch.Join(this, known.Id);

            Result = known;
            return;
        }

        if (isClientsOwn && batch.FindInOtherFleets(fleet, publicKey) is not null)
            throw new RefusedException(Refusal.Conflict, "This key belongs to a client of another fleet");

        var config = into.Before.Config;
        var address = into.FreeAddress(config.Network) ?? throw new RefusedException(Refusal.Unavailable, "Fleet is full");
        var second = config.SecondNetwork is not { } network ? null
            : into.FreeAddress(network) ?? throw new RefusedException(Refusal.Unavailable, $"Fleet is full: no IPv4 address of {network.Subnet} is free");

        // After everything that may refuse: only a registered client takes a use.
        if (token is not null)
            batch.Use(token, fleet);

        var client = new RegisteredClient
        {
            Id = batch.NextId(),
            Fleet = fleet,
            Address = address,
            SecondAddress = second,
            PublicKey = publicKey,
            RequestAddress = requestAddress,
            RegisteredAt = batch.Now,
            PruneTimeout = token?.PruneTimeout,
            Tags = token?.Tags ?? Store.Tags.None,
            Facts = facts ?? Store.Facts.None,
            PresharedKey = config.Client.Preshared ? PresharedKey.Generate() : null,
            Liveness = new Liveness(batch.Now, config.OfflineAfter),
        };

        if (isClientsOwn)
            batch.Rows.ReleasedKeys.Add(publicKey.ToString());

        batch.Add(into, client);
        batch.Record(client.Id, stamp => new ClientAdded(batch.ToClient(client)) { Stamp = stamp });
        batch.Register(this, client, token);
        Result = client;
    }
}
