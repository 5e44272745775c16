using WgFleet.Fleets.State;

namespace WgFleet.Dashboard.Live;

/// <summary>One open page: remembers what was sent to its viewer, and finds what has changed since.</summary>
internal interface ILiveView
{
    /// <summary>Adds what has changed to the update; the first time everything.</summary>
    /// <returns>False if there is nothing left to watch, which ends the stream.</returns>
    bool AddChanges(Snapshot snapshot, DateTimeOffset now, LiveUpdate update);
}
