using System.Net;
using WgFleet.Store.Approvals;
using WgFleet.WireGuard;

namespace WgFleet.Access.Approvals;

/// <summary>The machines that ask to be let in to one fleet, and those about which an operator has said yes or no. Not safe for several threads.</summary>
internal sealed class ApprovalList
{
    /// <summary>How many machines may wait in a fleet.</summary>
    public const int MaxWaiting = 1000;

    /// <summary>How many of them may come from one address, or from one IPv6 network of 64 bits.</summary>
    public const int MaxOfSource = 200;

    /// <summary>How many refused machines are remembered; the oldest refusals are forgotten.</summary>
    public const int MaxRefused = 1000;

    /// <summary>How long a machine waits that does not ask again.</summary>
    public static readonly TimeSpan Waits = TimeSpan.FromHours(1);

    /// <summary>How long an approved machine may take to come.</summary>
    public static readonly TimeSpan ApprovedFor = TimeSpan.FromDays(7);

    /// <summary>How long a machine stays refused.</summary>
    public static readonly TimeSpan RefusedFor = TimeSpan.FromDays(30);

    private readonly Dictionary<WireGuardKey, AskingMachine> _machines = [];

    /// <summary>All of them, in the order in which they first asked.</summary>
    public IReadOnlyList<AskingMachine> All => [.. _machines.Values.OrderBy(m => m.AskedAt).ThenBy(m => m.Id, StringComparer.Ordinal)];

    public AskingMachine? Find(WireGuardKey key) => _machines.GetValueOrDefault(key);

    public void Put(AskingMachine machine) => _machines[machine.Key] = machine;

    public bool Remove(WireGuardKey key) => _machines.Remove(key);

    /// <summary>Whether one more machine from this address may wait.</summary>
    public bool HasRoomFor(string source)
    {
        var (waiting, same, network) = (0, 0, NetworkOf(source));
        foreach (var machine in _machines.Values.Where(m => m.IsApproved is null))
        {
            waiting++;
            same += NetworkOf(machine.Source) == network ? 1 : 0;
        }

        return waiting < MaxWaiting && same < MaxOfSource;
    }

    /// <summary>The machines that need not be remembered any longer.</summary>
    public IEnumerable<AskingMachine> Outdated(DateTimeOffset now) =>
    [
        .. _machines.Values.Where(m => m.IsApproved switch
        {
            null => m.LastAsked + Waits <= now,
            true => m.DecidedAt + ApprovedFor <= now,
            false => m.DecidedAt + RefusedFor <= now,
        }),
        .. _machines.Values.Where(m => m.IsApproved == false).OrderByDescending(m => m.DecidedAt).Skip(MaxRefused),
    ];

    private static string NetworkOf(string source) => IPAddress.TryParse(source, out var address) ? Convert.ToHexString(SourceNetwork.Of(address)) : source;
}
