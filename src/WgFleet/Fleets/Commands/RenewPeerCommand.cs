using System.Net;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands;

/// <summary>
/// Makes a client's peer anew. A handshake carries the time of its sender, and WireGuard takes one with an earlier time than the last for a
/// replay (whitepaper, 5.1): a client whose clock was ahead and is right again gets no handshake until its peer has forgotten that time.
/// </summary>
internal sealed class RenewPeerCommand(string fleet, long id) : RegistryCommand<RegisteredClient>
{
    // WireGuard ends a session after 180 s (REJECT_AFTER_TIME); one that lives has a later handshake.
    private static readonly TimeSpan MaxSession = TimeSpan.FromSeconds(180);

    /// <summary>Whether a client that registers again has no session that it would lose. A handshake of the future does not count as one.</summary>
    public static bool IsNeeded(RegisteredClient client, DateTimeOffset now) =>
        client.Liveness.LastHandshake is not { } handshake || (now - handshake).Duration() > MaxSession;

    public override void Decide(Batch draft)
    {
        var within = draft.Fleet(fleet);
        Result = within.Find(id) ?? throw new RefusedException(Refusal.NotFound, "the client has just been removed");
        within.PeerChanges.Add(PeerChange.Delete(Result.PublicKey));
        within.PeerChanges.Add(PeerChange.Set(Result.PublicKey, new IPNetwork(Result.Address, 128)));
    }
}
