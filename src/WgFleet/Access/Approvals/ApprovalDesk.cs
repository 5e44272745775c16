using WgFleet.Config;
using WgFleet.Fleets;
using WgFleet.Fleets.Naming;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Approvals;
using WgFleet.WireGuard;

namespace WgFleet.Access.Approvals;

/// <summary>
/// Who is let in where operators approve each machine. Machines that ask are in memory, and <see cref="SaveAsync"/> stores them a little later, so that no request
/// of a stranger waits for the disk or writes to it. What an operator says is on disk at once.
/// </summary>
internal sealed class ApprovalDesk : IDisposable
{
    private readonly Lock _lock = new();

    // Of two writes of one machine the later one must hold.
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Dictionary<string, ApprovalList> _fleets;
    private readonly Dictionary<string, AskingMachine?> _unsaved = [];

    // Who was last let in for a seat, and until when the seat is kept for this machine. At most one entry for each seat.
    private readonly Dictionary<(string Fleet, string Seat), (WireGuardKey Key, DateTimeOffset Until)> _seats = [];
    private readonly ApprovalStore _store;
    private readonly FleetStore _clients;
    private readonly Func<Snapshot> _current;
    private readonly RecordAct _record;
    private readonly TimeProvider _time;

    public ApprovalDesk(ServerConfig config, ApprovalStore store, FleetStore clients, Func<Snapshot> current, RecordAct record, TimeProvider time)
    {
        (_store, _clients, _current, _record, _time) = (store, clients, current, record, time);
        _fleets = config.Fleets.ToDictionary(f => f.Name, _ => new ApprovalList());
        var now = time.GetUtcNow();

        // A fleet that is not in the configuration may be there again tomorrow, with its clients and with these.
        foreach (var machine in store.All())
            _fleets.GetValueOrDefault(machine.Fleet)?.Put(machine with { LastAsked = now });
    }

    /// <summary>Decides about a machine that is not a client, and notes that it asks.</summary>
    /// <exception cref="Store.Engine.StoreException">The database cannot be read.</exception>
    public async Task<ApprovalAnswer> AskAsync(FleetSnapshot fleet, WireGuardKey key, string source, IReadOnlyDictionary<string, string>? facts)
    {
        if (fleet.Config.Approval == ApprovalPolicy.None)
            return ApprovalAnswer.Admitted;

        var said = Said(fleet.Config.Name, key, facts);
        if (said is ApprovalAnswer.Admitted or ApprovalAnswer.Refused)
            return said.Value;

        // Also a machine that waits: the roster may have it by now.
        if (fleet.Config is { Approval: ApprovalPolicy.Roster, Roster: { } roster } && SeatMatch.OfNew(key, facts ?? Facts.None, roster) is { } seat && !IsTaken(fleet, seat, roster) && TakesSeat(fleet.Config, seat, key))
            return ApprovalAnswer.Admitted;

        if (said is { } waits)
            return waits;

        // A client that was pruned or left was let in once. One that an operator removed asks again.
        var removed = await _clients.FindRemovedAsync(key.ToString(), fleet.Config.Name, 1, CancellationToken.None);
        return removed is [{ Cause: not "removed" }] ? ApprovalAnswer.Admitted : Note(fleet.Config.Name, key, source, facts ?? Facts.None);
    }

    /// <summary>The machines of a fleet, in the order in which they first asked.</summary>
    public IReadOnlyList<AskingMachine> Of(string fleet)
    {
        lock (_lock)
            return _fleets[fleet].All;
    }

    /// <summary>Forgets a machine that is a client now.</summary>
    public void Joined(string fleet, WireGuardKey key)
    {
        lock (_lock)
        {
            if (_fleets[fleet].Find(key) is { } machine)
                Forget(machine);
        }
    }

    /// <summary>Says yes or no to machines. Completes when that is on disk, with its event.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="keys">The machines' keys, or the first four characters or more of each; null for all that wait.</param>
    /// <param name="approve">Whether they are let in.</param>
    /// <param name="by">Who says so.</param>
    /// <returns>The machines to which something else was said before, or nothing.</returns>
    /// <exception cref="RefusedException">No machine with such a key asks, or several do.</exception>
    public async Task<IReadOnlyList<AskingMachine>> DecideAsync(string fleet, IReadOnlyList<string>? keys, bool approve, FleetOperator by)
    {
        await _writing.WaitAsync();
        try
        {
            return await SayAsync(fleet, keys, approve, by);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Stores which machines have asked and forgets those that need not be remembered; off the caller's thread.</summary>
    public async Task SaveAsync()
    {
        await _writing.WaitAsync();
        try
        {
            await Task.Run(Save);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    private async Task<IReadOnlyList<AskingMachine>> SayAsync(string fleet, IReadOnlyList<string>? keys, bool approve, FleetOperator by)
    {
        var now = _time.GetUtcNow();
        var decided = (keys is null ? Of(fleet).Where(m => m.IsApproved is null) : Named(fleet, keys, approve)).Where(m => m.IsApproved != approve)
            .Select(m => m with { IsApproved = approve, DecidedAt = Utc.Stored(now), DecidedBy = by.Name }).ToList();
        if (decided.Count == 0)
            return decided;

        var what = $"{string.Join(", ", decided.Take(5).Select(m => m.Key))}{(decided.Count > 5 ? $" and {decided.Count - 5:N0} more" : "")}";
        await _record(OperatorActed.By(by, approve ? OperatorActs.MachinesApproved : OperatorActs.MachinesRefused) with { OnFleet = fleet, Detail = what }, c => ApprovalStore.Write(c, decided));
        lock (_lock)
        {
            foreach (var machine in decided)
            {
                _fleets[fleet].Put(machine);
                _unsaved.Remove(machine.Id);
            }
        }

        return decided;
    }

    private void Save()
    {
        List<KeyValuePair<string, AskingMachine?>> changes;
        lock (_lock)
        {
            var (now, snapshot) = (_time.GetUtcNow(), _current());
            foreach (var (fleet, list) in _fleets)
            {
                foreach (var machine in list.Outdated(now).Concat(list.All.Where(m => snapshot.Fleet(fleet)?.ByKey.ContainsKey(m.Key) == true)).ToList())
                    Forget(machine);
            }

            changes = [.. _unsaved];
        }

        if (changes.Count == 0)
            return;

        _store.Save([.. changes.Select(c => c.Value).OfType<AskingMachine>()], [.. changes.Where(c => c.Value is null).Select(c => c.Key)]);
        lock (_lock)
        {
            foreach (var (id, machine) in changes)
            {
                if (_unsaved.TryGetValue(id, out var latest) && ReferenceEquals(latest, machine))
                    _unsaved.Remove(id);
            }
        }
    }

    private ApprovalAnswer? Said(string fleet, WireGuardKey key, IReadOnlyDictionary<string, string>? facts)
    {
        lock (_lock)
        {
            if (_fleets[fleet].Find(key) is not { } known)
                return null;

            if (known.IsApproved is { } approved)
                return approved ? ApprovalAnswer.Admitted : ApprovalAnswer.Refused;

            _fleets[fleet].Put(known with { LastAsked = _time.GetUtcNow(), Facts = facts ?? known.Facts });
            return ApprovalAnswer.Waiting;
        }
    }

    private ApprovalAnswer Note(string fleet, WireGuardKey key, string source, IReadOnlyDictionary<string, string> facts)
    {
        lock (_lock)
        {
            var list = _fleets[fleet];
            if (list.Find(key) is { } known)
                return known.IsApproved switch { null => ApprovalAnswer.Waiting, true => ApprovalAnswer.Admitted, false => ApprovalAnswer.Refused };

            if (!list.HasRoomFor(source))
                return ApprovalAnswer.Full;

            var now = _time.GetUtcNow();
            var machine = new AskingMachine(fleet, key, source, facts, Utc.Stored(now));
            list.Put(machine);
            _unsaved[machine.Id] = machine;
            return ApprovalAnswer.Waiting;
        }
    }

    private void Forget(AskingMachine machine)
    {
        if (_fleets[machine.Fleet].Remove(machine.Key))
            _unsaved[machine.Id] = null;
    }

    /// <summary>
    /// Whether a seat's machine is online, or has registered a moment ago: another one that says it has the same board or card is not let in by itself.
    /// </summary>
    private bool IsTaken(FleetSnapshot fleet, Seat seat, Roster roster) => fleet.ById.Values.Any(c =>
        (c.Liveness.IsOnline(_time.GetUtcNow()) || c.RegisteredAt + fleet.Config.OfflineAfter > _time.GetUtcNow()) && SeatMatch.OfNew(c.PublicKey, c.Facts, roster) is { } other && ReferenceEquals(other, seat));

    /// <summary>Lets a machine have a seat; false while another one has it that was let in a moment ago and may not be a client yet.</summary>
    private bool TakesSeat(FleetConfig fleet, Seat seat, WireGuardKey key)
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            if (_seats.TryGetValue((fleet.Name, seat.Name), out var taken) && taken.Key != key && now < taken.Until)
                return false;

            _seats[(fleet.Name, seat.Name)] = (key, now + fleet.OfflineAfter);
            return true;
        }
    }

    private List<AskingMachine> Named(string fleet, IReadOnlyList<string> keys, bool approve)
    {
        var all = Of(fleet);
        return [.. keys.Select(Find).DistinctBy(m => m.Key)];

        AskingMachine Find(string text) => text.Length < 4
            ? throw new RefusedException(Refusal.Invalid, "name a machine by its key, or by the first four characters of it or more")
            : all.Where(m => m.Key.ToString().StartsWith(text, StringComparison.Ordinal)).Take(2).ToList() switch
            {
                [var only] => only,

                // In advance, also where so many machines wait that there is no room for this one.
                [] when approve && WireGuardKey.TryParse(text, out var key) && key != default => new(fleet, key, PlainText.None, Facts.None, Utc.Stored(_time.GetUtcNow())),
                [] => throw new RefusedException(Refusal.NotFound, $"no machine with the key {PlainText.Of(text)} asks to be let in to {fleet}: 'wg-fleet approvals list {fleet}' lists those that do"),
                _ => throw new RefusedException(Refusal.Conflict, $"the keys of several machines begin with {PlainText.Of(text)}: write more of the key"),
            };
    }
}
