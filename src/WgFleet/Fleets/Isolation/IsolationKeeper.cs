using WgFleet.Config.Isolation;
using WgFleet.Fleets.State;
using WgFleet.Tunnels;

namespace WgFleet.Fleets.Isolation;

/// <summary>Keeps one fleet's nftables table as its configuration and its clients' tags say. Its methods must not run concurrently.</summary>
internal sealed partial class IsolationKeeper(NftRunner nft, Func<bool, bool> forwards, TimeProvider time, ILogger log)
{
    /// <summary>How often the table is compared with what it was: nft is a process each time.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private const string Forwarding6 = "/proc/sys/net/ipv6/conf/all/forwarding";
    private const string Forwarding4 = "/proc/sys/net/ipv4/ip_forward";

    private FleetSnapshot? _seen;
    private string? _wanted;

    // The transaction that was last carried out, and the table as nft listed it after that; null if it is not known to be there.
    private string? _applied;
    private string? _listed;
    private long _lookedAt;

    // Whether there may be a table that is ours.
    private bool _isMade;
    private bool _hasFailed;

    /// <summary>Whether this machine forwards packets between its interfaces, those of IPv4 or of IPv6.</summary>
    public static bool MachineForwards(bool isIPv4) => (isIPv4 ? Forwarding4 : Forwarding6) is var file && File.Exists(file) && File.ReadAllText(file).Trim() != "0";

    /// <summary>Why the fleet's clients may not be isolated, or not reach each other; null if nothing is wrong.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Makes the table follow the clients, and from time to time repairs what another program changed of it. Never fails: see <see cref="Trouble"/>.</summary>
    /// <returns>What was repaired; null if nothing was.</returns>
    public async Task<string?> FollowAsync(FleetSnapshot fleet, CancellationToken cancellationToken)
    {
        if (!ReferenceEquals(fleet, _seen))
            (_seen, _wanted) = (fleet, Ruleset.Of(fleet));

        var isNew = _wanted != _applied || (_wanted is null && _isMade);
        if ((_wanted is null && !_isMade && Trouble is null) || (!isNew && time.GetElapsedTime(_lookedAt) < Interval) || (isNew && _hasFailed && time.GetElapsedTime(_lookedAt) < Interval))
            return null;

        try
        {
            var repaired = await MakeAsync(fleet, isNew, cancellationToken);
            _hasFailed = false;
            return repaired;
        }
        catch (Exception e) when (e is TunnelException or IOException)
        {
            (_applied, _hasFailed) = (null, true);
            Trouble = $"its clients are not isolated: {e.Message}";
            return null;
        }
        finally
        {
            // Counted from the end, so that one that takes long does not run all the time.
            _lookedAt = time.GetTimestamp();
        }
    }

    private async Task<string?> MakeAsync(FleetSnapshot clients, bool isNew, CancellationToken cancellationToken)
    {
        var fleet = clients.Config.Name;
        var table = Ruleset.Table(fleet);
        if (_wanted is null)
        {
            if (_isMade)
            {
                await nft(["-f", "-"], Ruleset.Removal(fleet), cancellationToken);
                Log.Removed(log, table, fleet);
            }

            (_applied, _listed, _isMade, Trouble) = (null, null, false, null);
            return null;
        }

        var found = isNew ? null : await ListAsync(table, cancellationToken);
        if (!isNew && found == _listed)
        {
            Trouble = NoForwarding(clients);
            return null;
        }

        await nft(["-f", "-"], _wanted, cancellationToken);
        _isMade = true;
        if (_applied is null)
            Log.Made(log, table, fleet);

        (_applied, _listed, Trouble) = (_wanted, await ListAsync(table, cancellationToken), NoForwarding(clients));
        if (isNew)
            return null;

        var reason = $"its nftables table {table} was {(found is null ? "missing" : "changed")}";
        Log.Repaired(log, fleet, reason);
        return reason;
    }

    // Switching it on is not for us: the machine becomes a router between all its interfaces, and no longer listens to other routers.
    private string? NoForwarding(FleetSnapshot fleet) => fleet.Config.Isolation is not { } isolation || fleet.Config.Networks.FirstOrDefault(n => !forwards(n.IsIPv4)) is not { } network
        || (!isolation.Peers && isolation.Allow.Count == 0 && !fleet.ById.Values.Any(c => c.Tags.GetValueOrDefault(IsolationConfig.Operator.Key) == IsolationConfig.Operator.Value))
        ? null
        : $"its clients do not reach each other, because this machine forwards no {(network.IsIPv4 ? "IPv4 packets: set net.ipv4.ip_forward" : "packets: set net.ipv6.conf.all.forwarding")}=1 in /etc/sysctl.d";

    // Null if there is no such table: nft says that and an error of another kind alike, and what follows tells of the other kind.
    private async Task<string?> ListAsync(string table, CancellationToken cancellationToken)
    {
        try
        {
            return await nft(["-s", "list", "table", "inet", table], "", cancellationToken);
        }
        catch (TunnelException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Made the nftables table {Table}, which says who of fleet {Fleet} reaches whom")]
        public static partial void Made(ILogger log, string table, string fleet);

        [LoggerMessage(2, LogLevel.Warning, "Repaired the isolation of fleet {Fleet}: {Reason}")]
        public static partial void Repaired(ILogger log, string fleet, string reason);

        [LoggerMessage(3, LogLevel.Information, "Removed the nftables table {Table}: fleet {Fleet} has neither peers nor allow any more")]
        public static partial void Removed(ILogger log, string table, string fleet);
    }
}
