using WgFleet.Events;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands;

/// <summary>One batch of the writer in the making: decided in memory, nothing done yet.</summary>
internal sealed class Batch(Snapshot before, DateTimeOffset now, Func<string, HostnameHints> hintsOf, long lastId)
{
    private readonly Dictionary<string, FleetBuilder> _fleets = [];

    /// <summary>When the batch is decided, to the microsecond: what the database keeps.</summary>
    public DateTimeOffset Now { get; } = new(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>The highest client id given so far.</summary>
    public long LastId { get; private set; } = lastId;

    /// <summary>The number of the last event.</summary>
    public long Sequence { get; private set; } = before.Sequence;

    public StoreBatch Rows { get; } = new();

    public List<FleetEvent> Events { get; } = [];

    public IReadOnlyDictionary<string, FleetBuilder> Fleets => _fleets;

    /// <summary>Whether the snapshot after it is another one.</summary>
    public bool IsSeen => !Rows.IsEmpty || _fleets.Values.Any(f => f.IsMarked);

    /// <exception cref="RefusedException">No such fleet.</exception>
    public FleetBuilder Fleet(string name)
    {
        if (_fleets.TryGetValue(name, out var draft))
            return draft;

        var fleet = before.Fleet(name) ?? throw new RefusedException(Refusal.NotFound, $"Fleet '{name}' not found");
        return _fleets[name] = new FleetBuilder(fleet, hintsOf(name));
    }

    /// <summary>The client of another fleet that has this key; null if there is none.</summary>
    public RegisteredClient? Elsewhere(string fleet, WireGuardKey key) => before.Fleets.Where(f => f.Config.Name != fleet)
        .Select(f => _fleets.TryGetValue(f.Config.Name, out var draft) ? draft.Find(key) : f.ByKey.GetValueOrDefault(key)).FirstOrDefault(m => m is not null);

    /// <summary>Takes one use of a token.</summary>
    /// <exception cref="RefusedException">It lets nobody into the fleet any more.</exception>
    public void Use(EnrollmentToken token, string fleet)
    {
        var taken = Rows.Uses.GetValueOrDefault(token.Id);
        if (token.Refuses(fleet, Now, taken) is { } why)
            throw new RefusedException(Refusal.Forbidden, why);

        Rows.Uses[token.Id] = taken + 1;
    }

    public long NextId() => ++LastId;

    public Client Show(RegisteredClient member) => member.ToClient(before.Domain);

    /// <summary>Gives a client a name that is free, with its row and its event.</summary>
    public RegisteredClient Rename(FleetBuilder within, RegisteredClient member, string hostname)
    {
        var renamed = within.Rename(member, hostname);
        Rows.Renamed.Add((member.Id, hostname));
        Tell(e => new ClientHostnameChanged(Show(renamed), member.Hostname) { Id = e.Id, Sequence = e.Sequence, Time = e.Time });
        return renamed;
    }

    /// <summary>Adds an event, with its row.</summary>
    public void Tell(Func<(string Id, long Sequence, DateTimeOffset Time), FleetEvent> make)
    {
        var e = make(($"evt_{Guid.CreateVersion7(Now):N}", ++Sequence, Now));
        Events.Add(e);
        Rows.Events.Add(EventJson.ToRow(e));
    }

    public Snapshot ToSnapshot() => before with
    {
        Sequence = Sequence,
        Fleets = [.. before.Fleets.Select(f => _fleets.TryGetValue(f.Config.Name, out var draft) ? draft.ToSnapshot() : f)],
    };
}
