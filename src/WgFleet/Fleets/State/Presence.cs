namespace WgFleet.Fleets.State;

/// <summary>
/// Decides when presence events are due. A client comes online with a sign of life in its tunnel, and
/// goes offline after a time of silence. Until then the last event holds, also after a restart.
/// </summary>
/// <param name="offlineAfter">The time of silence after which a client is offline.</param>
/// <param name="unseenUntil">Since when the interface is read: signs of life from before may have been missed.</param>
internal sealed class Presence(TimeSpan offlineAfter, DateTimeOffset unseenUntil)
{
    /// <summary>The presence event that is due: true for online, false for offline, null for none.</summary>
    public bool? Change(RegisteredClient client, DateTimeOffset now)
    {
        var isHeard = client.Liveness.IsOnline(now);
        return client.OnlineSince is null
            ? isHeard ? true : null
            : !isHeard && now - unseenUntil > offlineAfter ? false : null;
    }
}
