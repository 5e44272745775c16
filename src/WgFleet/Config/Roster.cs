using WgFleet.WireGuard;

namespace WgFleet.Config;

/// <summary>The machines that are expected in a fleet, by seat. Immutable.</summary>
internal sealed class Roster
{
    private readonly Dictionary<WireGuardKey, Seat> _byKey = [];
    private readonly Dictionary<string, Seat> _byHostname = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="path">The file that it was read from.</param>
    /// <param name="seats">The seats, no two of which have a name, a key or a hostname in common.</param>
    public Roster(string path, IReadOnlyList<Seat> seats)
    {
        (Path, Seats) = (path, seats);
        foreach (var seat in seats)
        {
            _byHostname.Add(seat.Hostname, seat);
            if (seat.Key is { } key)
                _byKey.Add(key, seat);
        }
    }

    /// <summary>The file that it was read from.</summary>
    public string Path { get; }

    /// <summary>The seats, in the order of the file.</summary>
    public IReadOnlyList<Seat> Seats { get; }

    /// <summary>The seat whose machine has this public key; null if there is none.</summary>
    public Seat? WithKey(WireGuardKey key) => _byKey.GetValueOrDefault(key);

    /// <summary>The seat whose machine should have this name; null if there is none.</summary>
    public Seat? WithHostname(string hostname) => _byHostname.GetValueOrDefault(hostname);
}
