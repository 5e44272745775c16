using WgFleet.Config;
using WgFleet.Tunnels;

namespace WgFleet.Fleets.Isolation;

/// <summary>Removes what is left of fleets whose configuration no longer isolates them.</summary>
internal static class LeftTables
{
    /// <summary>Removes their tables. One process if there are none; a machine without nft has none.</summary>
    /// <exception cref="TunnelException">A table cannot be removed.</exception>
    public static async Task RemoveAsync(IReadOnlyList<FleetConfig> fleets, NftRunner nft, CancellationToken cancellationToken)
    {
        var open = fleets.Where(f => f.Isolation is null).Select(f => f.Name).ToList();
        if (open.Count == 0 || await TablesAsync(nft, cancellationToken) is not { } tables)
            return;

        if (open.Where(f => tables.Contains($"table inet {Ruleset.Table(f)}")).ToList() is { Count: > 0 } left)
            await nft(["-f", "-"], string.Concat(left.Select(Ruleset.Removal)), cancellationToken);
    }

    private static async Task<string[]?> TablesAsync(NftRunner nft, CancellationToken cancellationToken)
    {
        try
        {
            return (await nft(["list", "tables", "inet"], "", cancellationToken)).Split('\n');
        }
        catch (TunnelException)
        {
            return null;
        }
    }
}
