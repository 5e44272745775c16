using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands.Peers;

/// <summary>
/// Removes a client's peer and adds it again. A handshake has the time of its sender, and WireGuard rejects one with an earlier time than the last as a
/// replay (whitepaper, 5.1). So a client whose clock was ahead and is right again gets no handshake until its peer is new.
/// </summary>
internal sealed class RenewPeerCommand(string fleet, long id) : RegistryCommand<RegisteredClient>
{
    // WireGuard ends a session after 180 s (REJECT_AFTER_TIME); a live session has a later handshake.
    private static readonly TimeSpan MaxSession = TimeSpan.FromSeconds(180);

    /// <summary>Whether a client that registers again has no session that it would lose. A handshake in the future does not count.</summary>
    public static bool IsNeeded(RegisteredClient client, DateTimeOffset now) =>
        client.Liveness.LastHandshake is not { } handshake || (now - handshake).Duration() > MaxSession;

    public override void Decide(Batch draft)
    {
        var within = draft.Fleet(fleet);
        Result = within.Find(id) ?? throw new RefusedException(Refusal.NotFound, "the client has just been removed");
        if (draft.IsRegistering(id))
        {
            draft.Join(this, id);
            return;
        }

        within.PeerChanges.Add(PeerChange.Delete(Result.PublicKey));
        within.PeerChanges.Add(Result.ToPeer());
        draft.Wait(this, fleet, needsTunnel: true);
    }
}
