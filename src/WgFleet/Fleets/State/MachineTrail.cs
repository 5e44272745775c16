using System.Globalization;

namespace WgFleet.Fleets.State;

/// <summary>
/// Which machines pinged as one client in the last minutes. A machine that is started again is another one here, and never again the one before: if it
/// comes back, there are two.
/// </summary>
internal sealed class MachineTrail
{
    private const int Most = 32;

    // In the order of their last pings.
    private readonly List<(Machine Machine, DateTimeOffset First, DateTimeOffset Last)> _seen = [];
    private DateTimeOffset? _returned;

    /// <summary>Whether a machine came back after another one.</summary>
    public bool AreSeveral => _returned is not null;

    public bool IsEmpty => _seen.Count == 0 && _returned is null;

    /// <summary>The identities of the machines that say theirs, the latest last.</summary>
    public IReadOnlyList<string> Identities =>
        [.. _seen.Select(s => s.Machine.Identity).Where(i => i != 0).Distinct().Select(i => i.ToString("x16", CultureInfo.InvariantCulture))];

    /// <summary>
    /// Notes a ping. True if another machine has the key, which pinged after this one did first, and if that one is the machine that registered with it and this
    /// one is not.
    /// </summary>
    /// <param name="machine">The machine that pings.</param>
    /// <param name="registered">The identity of the machine that registered with the key; 0 if it did not say.</param>
    /// <param name="at">When.</param>
    public bool Pinged(Machine machine, ulong registered, DateTimeOffset at)
    {
        var place = _seen.FindIndex(s => s.Machine.Start == machine.Start);
        var first = place < 0 ? at : _seen[place].First;
        if (place >= 0)
        {
            if (place < _seen.Count - 1)
                _returned = at;

            _seen.RemoveAt(place);
        }

        _seen.Add((machine, first, at));
        _seen.RemoveRange(0, Math.Max(0, _seen.Count - Most));
        return registered != 0 && machine.Identity != 0 && machine.Identity != registered
            && _seen.Exists(s => s.Machine.Start != machine.Start && s.Machine.Identity == registered && s.Last > first);
    }

    /// <summary>Whether the machine that registered with the key pinged, and is another one than this.</summary>
    public bool HasAnother(Machine machine, ulong registered) => _seen.Exists(s => s.Machine.Start != machine.Start && s.Machine.Identity == registered);

    /// <summary>Forgets what is older than <see cref="KeyUse.Window"/>.</summary>
    public void Forget(DateTimeOffset now)
    {
        _seen.RemoveAll(s => KeyUse.IsOver(s.Last, now));
        if (_returned is { } at && KeyUse.IsOver(at, now))
            _returned = null;
    }
}
