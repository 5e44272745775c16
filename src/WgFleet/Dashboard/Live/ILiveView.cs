using WgFleet.Fleets.State;

namespace WgFleet.Dashboard.Live;

/// <summary>What one viewer has on the screen, and how it has changed since they were last told.</summary>
internal interface ILiveView
{
    /// <summary>Writes what has changed, all at the first time.</summary>
    /// <returns>False if what is being looked at is no more.</returns>
    bool Tell(Snapshot snapshot, DateTimeOffset now, LiveUpdate news);
}
