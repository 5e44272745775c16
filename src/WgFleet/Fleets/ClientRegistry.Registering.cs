using WgFleet.Fleets.Commands;
using WgFleet.Fleets.Commands.Peers;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.WireGuard;

namespace WgFleet.Fleets;

/// <content>Machines that register, for the first time or again, and those that have one key.</content>
internal sealed partial class ClientRegistry
{
    /// <summary>
    /// Registers a new client; returns when it is on disk and WireGuard has it. A key that the client made itself and registers
    /// again is the same client and takes no use of a token. Its peer is removed and added again if it has had no handshake lately.
    /// After this it has a preshared key and an IPv4 address if the fleet gives them, those that it had if it had them.
    /// </summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="publicKey">The client's key.</param>
    /// <param name="requestAddress">Where the request came from.</param>
    /// <param name="isClientsOwn">Whether the client made the key itself.</param>
    /// <param name="token">The token that lets a new client in; null where none is needed.</param>
    /// <param name="facts">What the machine says of itself; null if it says nothing, so that a known client's facts stay.</param>
    /// <exception cref="RefusedException">There is no such fleet, no address is left, a client of another fleet has the key, or the token is not accepted.</exception>
    public async Task<RegisteredClient> RegisterAsync(
        string fleet, WireGuardKey publicKey, string requestAddress, bool isClientsOwn = false, EnrollmentToken? token = null, IReadOnlyDictionary<string, string>? facts = null)
    {
        if (isClientsOwn && UnprovenOwner(fleet, publicKey) is { } other)
            await TakeKeyAsync(other);

        var client = isClientsOwn && Current.Fleet(fleet)?.ByKey.GetValueOrDefault(publicKey) is { } known
            ? RenewPeerCommand.IsNeeded(known, time.GetUtcNow()) ? await writer.ExecuteAsync(new RenewPeerCommand(fleet, known.Id)) : known
            : await writer.ExecuteAsync(new RegisterCommand(fleet, publicKey, requestAddress, isClientsOwn, token, facts));
        if (PresharedKeyCommand.IsNeeded(client, Current.Fleet(fleet)!))
            client = await writer.ExecuteAsync(new PresharedKeyCommand(fleet, client.Id));
        if (SecondAddressCommand.IsNeeded(client, Current.Fleet(fleet)!))
            client = await writer.ExecuteAsync(new SecondAddressCommand(fleet, client.Id));

        return facts is null || Facts.AreSame(client.Facts, facts) ? client : await writer.ExecuteAsync(new FactsCommand(fleet, client.Id, facts));
    }

    /// <summary>
    /// The client of another fleet that has a key, if it has never had a handshake: whoever registered it may not have the private key, and keeps nobody out who
    /// comes with the same key. Null if there is none.
    /// </summary>
    private RegisteredClient? UnprovenOwner(string fleet, WireGuardKey publicKey) => Current.Fleets.Where(f => f.Config.Name != fleet)
        .Select(f => f.ByKey.GetValueOrDefault(publicKey)).FirstOrDefault(c => c is not null && IsUnproven(c));

    private static bool IsUnproven(RegisteredClient client) => client.Liveness.LastHandshake is null && client.Pinned is null;

    /// <summary>Records of which clients several machines have the key, once for as long as they do.</summary>
    private async Task RecordClonesAsync(string fleet)
    {
        foreach (var client in Current.Fleet(fleet)!.ById.Values)
        {
            if (client.Liveness.TakeUntoldSharing(time.GetUtcNow()) is not { } shared)
                continue;

            try
            {
                if (await writer.ExecuteAsync(new ClonedCommand(fleet, client.Id, shared)) is { } cloned)
                    Log.Cloned(log, fleet, cloned.Address, cloned.Hostname ?? PlainText.None, string.Join(", ", shared.Endpoints));
            }
            catch
            {
                client.Liveness.MarkSharingUntold();
                throw;
            }
        }
    }

    private async Task TakeKeyAsync(RegisteredClient other)
    {
        if (await RemoveAsync(other.Fleet, [other.Id], IsUnproven, "removed", sparesRegistering: true) > 0)
            Log.LostItsKey(log, other.Fleet, other.Address, other.Hostname ?? PlainText.None);
    }
}
