using System.Security.Cryptography;
using System.Text;
using WgFleet.WireGuard;

namespace WgFleet.Config;

/// <summary>The machines that are expected in a fleet, by seat. Immutable.</summary>
internal sealed class Roster
{
    private readonly Dictionary<WireGuardKey, Seat> _byKey = [];
    private readonly Dictionary<string, Seat> _byHostname = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Seat> _bySerial = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Seat> _byCard = [];
    private readonly Dictionary<string, Seat> _bySwitchPort = new(StringComparer.OrdinalIgnoreCase);

    private string? _tag;

    /// <param name="path">The file that it was read from, or what errors call it.</param>
    /// <param name="seats">The seats, no two of which have an identifying value in common.</param>
    public Roster(string path, IReadOnlyList<Seat> seats)
    {
        (Path, Seats) = (path, seats);
        foreach (var seat in seats)
        {
            _byHostname.Add(seat.Hostname, seat);
            if (seat.Key is { } key)
                _byKey.Add(key, seat);
            if (seat.Serial is not null)
                _bySerial.Add(seat.Serial, seat);
            if (seat.Card is not null)
                _byCard.Add(seat.Card, seat);
            if (seat.SwitchPort is not null)
                _bySwitchPort.Add(seat.SwitchPort, seat);
        }
    }

    /// <summary>The file that it was read from, or what errors call it.</summary>
    public string Path { get; }

    /// <summary>The CSV that it was read from.</summary>
    public string Text { get; init; } = "";

    /// <summary>Another one for each other text: by it a program says which roster it has seen.</summary>
    public string Tag => _tag ??= Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)))[..32];

    /// <summary>When an operator set it, and who; null if it is of a file.</summary>
    public (DateTimeOffset At, string By)? Saved { get; init; }

    /// <summary>The seats, in the order of the file.</summary>
    public IReadOnlyList<Seat> Seats { get; }

    /// <summary>The seat whose machine has this public key; null if there is none.</summary>
    public Seat? WithKey(WireGuardKey key) => _byKey.GetValueOrDefault(key);

    /// <summary>The seat whose machine has a board with this serial number; null if there is none.</summary>
    public Seat? WithSerial(string serial) => _bySerial.GetValueOrDefault(serial);

    /// <summary>The seat whose machine has a network card with this address, as 52:54:00:12:34:56; null if there is none.</summary>
    public Seat? WithCard(string card) => _byCard.GetValueOrDefault(card);

    /// <summary>The seat that this switch port leads to; null if there is none.</summary>
    public Seat? WithSwitchPort(string port) => _bySwitchPort.GetValueOrDefault(port);

    /// <summary>The seat whose machine should have this name; null if there is none.</summary>
    public Seat? WithHostname(string hostname) => _byHostname.GetValueOrDefault(hostname);
}
