using System.Net;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands;

/// <summary>
/// A new client: an address nobody has, a row, a peer, the event client.added. A key that the client made itself may have come
/// before: then it is the client that has it.
/// </summary>
internal sealed class RegisterCommand(string fleet, WireGuardKey publicKey, string requestAddress, bool isClientsOwn, EnrollmentToken? token) : RegistryCommand<RegisteredClient>
{
    private long _sequence;

    public override string NeedsTunnel => fleet;

    public override void Decide(Batch draft)
    {
        var into = draft.Fleet(fleet);
        if (isClientsOwn && into.Find(publicKey) is { } known)
        {
            Result = known;
            return;
        }

        if (isClientsOwn && draft.Elsewhere(fleet, publicKey) is not null)
            throw new RefusedException(Refusal.Conflict, "This key belongs to a client of another fleet");

        var address = AddressPool.Free(into.Before.Config, into.HasAddress, into.Count)
            ?? throw new RefusedException(Refusal.Unavailable, "Fleet is full");

        // Last of what may refuse: a use is taken by who comes in alone.
        if (token is not null)
            draft.Use(token, fleet);

        var member = new RegisteredClient
        {
            Id = draft.NextId(),
            Fleet = fleet,
            Address = address,
            PublicKey = publicKey,
            RequestAddress = requestAddress,
            RegisteredAt = draft.Now,
            Liveness = new Liveness(draft.Now),
            PruneTimeout = token?.PruneTimeout,
            Tags = token?.Tags ?? Tags.None,
        };

        into.Add(member);
        into.PeerChanges.Add(PeerChange.Set(publicKey, new IPNetwork(address, 128)));
        if (isClientsOwn)
            draft.Rows.ReleasedKeys.Add(publicKey.ToString());

        draft.Rows.Added.Add(new ClientRow
        {
            Id = member.Id,
            FleetId = fleet,
            PublicKey = publicKey.ToString(),
            AssignedIp = address.ToString(),
            HttpRequestIp = requestAddress,
            Timestamp = draft.Now.UtcDateTime,
            RegisteredAt = draft.Now.UtcDateTime,
            PruneTimeout = (long?)token?.PruneTimeout?.TotalSeconds,
            Tags = token?.TagsText,
        });
        draft.Tell(e => new ClientAdded(draft.Show(member)) { Id = e.Id, Sequence = e.Sequence, Time = e.Time });
        _sequence = draft.Sequence;
        Result = member;
    }

    public override void Committed() => Used?.Count(1);

    public override void Revert(Batch draft)
    {
        Used?.Count(-1);
        draft.Fleet(fleet).Remove(Result!);
        draft.Events.RemoveAll(e => e.Sequence == _sequence);
    }

    /// <summary>The token that it took a use of; null if it took none, as where the client was there already.</summary>
    public EnrollmentToken? Used => _sequence > 0 ? token : null;

    /// <summary>The rows to delete when it is reverted after the commit.</summary>
    public (long ClientId, long Sequence) Rows => (Result!.Id, _sequence);
}
