using WgFleet.Fleets.State;

namespace WgFleet.Fleets;

/// <summary>Brings up the interfaces of all fleets, at a start and after a reload.</summary>
internal static class FleetStart
{
    /// <summary>
    /// How many interfaces are made at a time. Where each is a program of its own, more would only wait for a processor; so many that a few that
    /// do not answer cost the others nothing.
    /// </summary>
    private const int AtATime = 32;

    /// <summary>Brings up those that are not up yet. One that does not come up is down alone.</summary>
    /// <exception cref="OperationCanceledException">The start was given up.</exception>
    public static async Task BringUpAsync(
        IReadOnlyList<FleetSnapshot> fleets, IReadOnlyDictionary<string, PeerSync> links, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken };

        // All give up what they have no longer before any takes what it gets: two fleets may have swapped their ports.
        var started = fleets.Select(fleet => links[fleet.Config.Name]).Where(link => !link.IsStarted).ToList();
        if (started.Count > 1)
            await Parallel.ForEachAsync(started, options, async (link, stopping) => await link.LetGoAsync(stopping));

        await Parallel.ForEachAsync(fleets, options, async (fleet, stopping) => await links[fleet.Config.Name].StartAsync(fleet, stopping));
    }
}
