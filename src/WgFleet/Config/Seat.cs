using WgFleet.WireGuard;

namespace WgFleet.Config;

/// <summary>A place of the roster, and what is known of the machine that belongs there.</summary>
/// <param name="Name">The seat as people call it, such as D14.</param>
/// <param name="Hostname">The name that its machine should have.</param>
internal sealed record Seat(string Name, string Hostname)
{
    /// <summary>The machine's public key; null if the roster has none.</summary>
    public WireGuardKey? Key { get; init; }

    /// <summary>The serial number of the machine's board; null if the roster has none.</summary>
    public string? Serial { get; init; }

    /// <summary>The address of one of the machine's network cards, as 52:54:00:12:34:56; null if the roster has none.</summary>
    public string? Card { get; init; }

    /// <summary>The switch port that the machine is plugged into; null if the roster has none.</summary>
    public string? SwitchPort { get; init; }

    /// <summary>The image that the machine should run; null if any will do.</summary>
    public string? Image { get; init; }

    /// <summary>Whether the roster says nothing of the machine but its name.</summary>
    public bool IsKnownByName => Key is null && Serial is null && Card is null && SwitchPort is null;

    /// <summary>Where it stands in the hall, counted from 1; null if the roster does not say.</summary>
    public (int Row, int Column)? Place { get; init; }
}
