using WgFleet.Fleets.State;

namespace WgFleet.Fleets;

/// <summary>Brings up the interfaces of all fleets, at a start and after a reload.</summary>
internal static class FleetStart
{
    /// <summary>
    /// How many interfaces are created at a time. Userspace WireGuard starts a program for each, and more of them would only wait for a processor. There
    /// are enough that a few that do not answer do not delay the others.
    /// </summary>
    private const int AtATime = 32;

    /// <summary>Brings up the interfaces that are not up yet. If one does not come up, only its fleet is down.</summary>
    /// <exception cref="OperationCanceledException">The start was given up.</exception>
    public static async Task BringUpAsync(
        IReadOnlyList<FleetSnapshot> fleets, IReadOnlyDictionary<string, PeerSync> links, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken };

        // All fleets first release their old ports and addresses, because two fleets may have swapped them.
        var started = fleets.Select(fleet => links[fleet.Config.Name]).Where(link => !link.IsStarted).ToList();
        if (started.Count > 1)
            await Parallel.ForEachAsync(started, options, async (link, stopping) => await link.LetGoAsync(stopping));

        await Parallel.ForEachAsync(fleets, options, async (fleet, stopping) => await links[fleet.Config.Name].StartAsync(fleet, stopping));
    }
}
