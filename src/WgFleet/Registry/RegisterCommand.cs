using System.Net;
using WgFleet.Hooks;
using WgFleet.Store;
using WgFleet.WireGuard;

namespace WgFleet.Registry;

/// <summary>
/// A new client: an address nobody has, a row, a peer, the event client.added. A key that the client made itself may have come
/// before: then it is the client that has it.
/// </summary>
internal sealed class RegisterCommand(string fleet, WireGuardKey publicKey, string requestAddress, bool isClientsOwn) : Command<Member>
{
    private long _sequence;

    public override string NeedsTunnel => fleet;

    public override void Decide(Draft draft)
    {
        var into = draft.Fleet(fleet);
        if (isClientsOwn && into.Find(publicKey) is { } known)
        {
            Result = known;
            return;
        }

        if (isClientsOwn && draft.IsElsewhere(fleet, publicKey))
            throw new RefusedException(Refusal.KeyTaken, "This key belongs to a client of another fleet");

        var address = AddressPool.Free(into.Before.Config, into.HasAddress, into.Count)
            ?? throw new RefusedException(Refusal.FleetFull, "Fleet is full");

        var member = new Member
        {
            Id = draft.NextId(),
            Fleet = fleet,
            Address = address,
            PublicKey = publicKey,
            RequestAddress = requestAddress,
            RegisteredAt = draft.Now,
            Activity = new Activity(draft.Now),
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
        });
        draft.Tell(e => new ClientAdded(draft.Show(member)) { Id = e.Id, Sequence = e.Sequence, Time = e.Time });
        _sequence = draft.Sequence;
        Result = member;
    }

    public override void Revert(Draft draft)
    {
        draft.Fleet(fleet).Remove(Result!);
        draft.Events.RemoveAll(e => e.Sequence == _sequence);
    }

    /// <summary>The rows to delete when it is reverted after the commit.</summary>
    public (long ClientId, long Sequence) Rows => (Result!.Id, _sequence);
}
