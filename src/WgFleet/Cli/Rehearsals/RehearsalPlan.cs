using System.Globalization;
using WgFleet.Config;

namespace WgFleet.Cli.Rehearsals;

/// <summary>What a rehearsal does: how many machines come how fast, and what goes wrong.</summary>
internal sealed record RehearsalPlan
{
    public const int MostMachines = 10_000;

    /// <summary>The most clones, in percent: each has a machine of its own that it is a copy of.</summary>
    public const int MostClones = 50;

    /// <summary>The fleet whose settings the machines meet.</summary>
    public required string Fleet { get; init; }

    public int Machines { get; init; } = 100;

    /// <summary>In how long all machines are switched on.</summary>
    public TimeSpan BootIn { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many of the machines have the key of another one, in percent.</summary>
    public decimal ClonePercent { get; init; }

    /// <summary>For how long no machine reaches the gateway; zero for not at all.</summary>
    public TimeSpan Outage { get; init; }

    /// <summary>Whether the server is killed while half of the machines have been switched on.</summary>
    public bool KillsGateway { get; init; }

    /// <summary>How often each machine pings; the join script does so every minute.</summary>
    public TimeSpan PingEvery { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many machines are clones: at least one if any are asked for, and never more than there are others.</summary>
    public int Clones => ClonePercent == 0 ? 0 : Math.Min(Math.Max(1, (int)Math.Round(Machines * ClonePercent / 100)), Machines / 2);

    /// <summary>How long after the first machine one is switched on.</summary>
    public TimeSpan BootAt(int machine) => BootIn * machine / Machines;

    /// <summary>The machine that one is a clone of; null if it is none. The clones are spread over all of them, and each is switched on after its original.</summary>
    public int? OriginalOf(int machine)
    {
        if (Clones == 0)
            return null;

        var apart = Machines / Clones;
        var original = machine - (apart / 2);
        return original >= 0 && original % apart == 0 && original / apart < Clones ? original : null;
    }

    /// <summary>The name that a machine asks for. A clone asks for that of its original, as a copy of its disk does.</summary>
    public string NameOf(int machine) => $"rehearsal-{((OriginalOf(machine) ?? machine) + 1).ToString("D4", CultureInfo.InvariantCulture)}";

    /// <summary>The arguments of the command line that is read as this plan.</summary>
    public IEnumerable<string> Arguments =>
    [
        RehearseCommand.Name, Fleet,
        "--machines", Machines.ToString(CultureInfo.InvariantCulture),
        "--boot-in", Duration.ToText(BootIn),
        "--clones", ClonePercent.ToString(CultureInfo.InvariantCulture),
        "--outage", Duration.ToText(Outage),
        "--ping-every", Duration.ToText(PingEvery),
        .. KillsGateway ? ["--kill-gateway"] : Array.Empty<string>(),
    ];
}
