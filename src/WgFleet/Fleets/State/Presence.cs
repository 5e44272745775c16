namespace WgFleet.Fleets.State;

/// <summary>
/// What hooks that ask for it are told of who is online. A client comes online when it is heard of in its tunnel, and
/// goes offline after a time of silence; in between, what hooks were told last holds, also over a restart.
/// </summary>
/// <param name="offlineAfter">The time of silence after which a client is offline.</param>
/// <param name="unseenUntil">Since when we look at the interface: before, a client may have been heard by nobody.</param>
internal sealed class Presence(TimeSpan offlineAfter, DateTimeOffset unseenUntil)
{
    /// <summary>What has changed for hooks: true for online, false for offline, null for nothing.</summary>
    public bool? Change(RegisteredClient client, DateTimeOffset now)
    {
        var isHeard = client.Liveness.IsOnline(now);
        return client.OnlineSince is null
            ? isHeard ? true : null
            : !isHeard && now - unseenUntil > offlineAfter ? false : null;
    }
}
