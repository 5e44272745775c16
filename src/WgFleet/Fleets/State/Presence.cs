using WgFleet.Fleets.Commands;
using WgFleet.Hooks;

namespace WgFleet.Fleets.State;

/// <summary>
/// What hooks that ask for it are to be told of who is online. A client comes online when it is heard of in its tunnel, and
/// goes offline after a time of silence; in between, what they were told last holds, also over a restart.
/// </summary>
/// <param name="offlineAfter">How long that time is.</param>
/// <param name="unseenUntil">When we last began to look: before, a client may have been heard that nobody listened to.</param>
internal sealed class Presence(TimeSpan offlineAfter, DateTimeOffset unseenUntil)
{
    /// <summary>True to tell that it is online, false that it is offline, null for nothing new.</summary>
    public bool? News(RegisteredClient member, DateTimeOffset now)
    {
        var isHeard = member.Liveness.LastHeard is { } at && now - at <= offlineAfter;
        return member.OnlineSince is null
            ? isHeard ? true : null
            : !isHeard && now - unseenUntil > offlineAfter ? false : null;
    }

    /// <summary>Tells that a client is offline.</summary>
    public static void TellOffline(Batch draft, RegisteredClient member) => draft.Tell(e =>
        new ClientOffline(draft.Show(member), member.Liveness.LastHeard ?? member.RegisteredAt) { Id = e.Id, Sequence = e.Sequence, Time = e.Time });
}
