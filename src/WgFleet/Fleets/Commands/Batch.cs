using System.Net;
using WgFleet.Events;
using WgFleet.Fleets.Naming;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands;

/// <summary>One batch of the writer while it is decided, in memory only.</summary>
/// <param name="before">The snapshot that it starts from.</param>
/// <param name="now">The time.</param>
/// <param name="hintsOf">The hostname hints of a fleet.</param>
/// <param name="isDown">Whether a fleet's interface cannot be changed now.</param>
/// <param name="isRegistering">Whether a client of an earlier batch may still be removed because WireGuard has not set its peer yet.</param>
/// <param name="lastId">The highest client id given so far.</param>
internal sealed class Batch(
    Snapshot before, DateTimeOffset now, Func<string, HostnameHints> hintsOf, Func<string, bool> isDown, Func<long, bool> isRegistering, long lastId)
{
    private readonly Dictionary<string, FleetBuilder> _fleets = [];
    private readonly List<PeerWait> _waits = [];
    private readonly List<(long Client, RegistryCommand Command)> _joins = [];
    private readonly List<(EnrollmentToken Token, int Uses)> _uses = [];

    /// <summary>When the batch is decided, to the microsecond: what the database keeps.</summary>
    public DateTimeOffset Now { get; } = Utc.Stored(now);

    /// <summary>The highest client id given so far.</summary>
    public long LastId { get; private set; } = lastId;

    /// <summary>The number of the last event.</summary>
    public long Sequence { get; private set; } = before.Sequence;

    public StoreBatch Rows { get; } = new();

    public List<FleetEvent> Events { get; } = [];

    public IReadOnlyDictionary<string, FleetBuilder> Fleets => _fleets;

    /// <summary>The commands that are answered when WireGuard has set their peers.</summary>
    public IReadOnlyList<PeerWait> Waits => _waits;

    /// <summary>The commands that get the same answer as the registration of a client.</summary>
    public IReadOnlyList<(long Client, RegistryCommand Command)> Joins => _joins;

    /// <summary>The uses of tokens that the batch counts; a negative number gives uses back.</summary>
    public IReadOnlyList<(EnrollmentToken Token, int Uses)> Uses => _uses;

    /// <summary>Whether the batch changes the snapshot.</summary>
    public bool HasChanges => !Rows.IsEmpty || _fleets.Values.Any(f => f.HasUnsavedDisplay);

    /// <exception cref="RefusedException">There is no such fleet.</exception>
    public FleetBuilder Fleet(string name)
    {
        if (_fleets.TryGetValue(name, out var known))
            return known;

        var fleet = before.Fleet(name) ?? throw new RefusedException(Refusal.NotFound, $"Fleet '{name}' not found");
        return _fleets[name] = new FleetBuilder(fleet, hintsOf(name));
    }

    /// <summary>The client of another fleet that has this key; null if there is none.</summary>
    public RegisteredClient? FindInOtherFleets(string fleet, WireGuardKey key) => before.Fleets.Where(f => f.Config.Name != fleet)
        .Select(f => _fleets.TryGetValue(f.Config.Name, out var changed) ? changed.Find(key) : f.ByKey.GetValueOrDefault(key)).FirstOrDefault(c => c is not null);

    /// <summary>Checks that a fleet's interface is not known to be down.</summary>
    /// <exception cref="TunnelException">It is.</exception>
    public void NeedTunnel(string fleet)
    {
        if (isDown(fleet))
            throw new TunnelException($"the interface of fleet {fleet} is down");
    }

    /// <summary>Takes one use of a token.</summary>
    /// <exception cref="RefusedException">The token no longer lets a client into the fleet.</exception>
    public void Use(EnrollmentToken token, string fleet)
    {
        var taken = Rows.Uses.GetValueOrDefault(token.Id);
        if (token.Refuses(fleet, Now, taken) is { } why)
            throw new RefusedException(Refusal.Forbidden, why);

        Rows.Uses[token.Id] = taken + 1;
        _uses.Add((token, 1));
    }

    /// <summary>Gives a token back the use that a registration took.</summary>
    public void GiveBack(EnrollmentToken token)
    {
        Rows.Uses[token.Id] = Rows.Uses.GetValueOrDefault(token.Id) - 1;
        _uses.Add((token, -1));
    }

    public long NextId() => ++LastId;

    public Client ToClient(RegisteredClient client) => client.ToClient(before.Domain);

    /// <summary>Adds a client, with its row and its peer.</summary>
    public void Add(FleetBuilder fleet, RegisteredClient client)
    {
        fleet.Add(client);
        fleet.PeerChanges.Add(client.ToPeer());
        Rows.Added.Add(client.ToRow());
    }

    /// <summary>Whether a client is registered, but may still be removed because its peer is not set yet.</summary>
    public bool IsRegistering(long client) => _waits.Exists(w => w.Registers?.Id == client) || isRegistering(client);

    /// <summary>
    /// Lets a command wait until WireGuard has set the peer of a new client. If it does not, the client is removed, and the token gets its use
    /// back, before the command is answered.
    /// </summary>
    public void Register(RegistryCommand command, RegisteredClient client, EnrollmentToken? token) =>
        _waits.Add(new(command, client.Fleet) { Registers = client, Token = token, NeedsTunnel = true });

    /// <summary>Gives a command the same answer as the registration of a client.</summary>
    public void Join(RegistryCommand command, long client) => _joins.Add((client, command));

    /// <summary>Lets a command wait until WireGuard has set its peers.</summary>
    public void Wait(RegistryCommand command, string fleet, bool needsTunnel = false) => _waits.Add(new(command, fleet) { NeedsTunnel = needsTunnel });

    /// <summary>Gives a client a name that is free, with its row and its event.</summary>
    /// <param name="fleet">Its fleet.</param>
    /// <param name="client">The client.</param>
    /// <param name="hostname">The name.</param>
    /// <param name="by">The operator who asked for it; null if none did.</param>
    /// <param name="before">The name that it had before it was taken in this batch; null for the one that it has.</param>
    /// <param name="namedBy">The operator whose name the client keeps; null if it may ask for another.</param>
    public RegisteredClient Rename(FleetBuilder fleet, RegisteredClient client, string hostname, FleetOperator? by = null, string? before = null, string? namedBy = null)
    {
        var renamed = fleet.Rename(client, hostname, namedBy);
        Rows.Renamed.Add(new(client.Id, hostname, namedBy));
        Record(client.Id, stamp => new ClientHostnameChanged(ToClient(renamed), before ?? client.Hostname) { Stamp = stamp, Operator = by });
        return renamed;
    }

    /// <summary>Takes the name of a client that has one, with its row and its event.</summary>
    public RegisteredClient Unname(FleetBuilder fleet, RegisteredClient client)
    {
        var nameless = fleet.Unname(client);
        Rows.Renamed.Add(new(client.Id, null));
        Record(client.Id, stamp => new ClientHostnameChanged(ToClient(nameless), client.Hostname) { Stamp = stamp });
        return nameless;
    }

    /// <summary>Notes who gave a client the name that it has, with its row and the act of the operator.</summary>
    public RegisteredClient SetNamedBy(FleetBuilder fleet, RegisteredClient client, string? namedBy, OperatorActed act)
    {
        var changed = client with { NamedBy = namedBy };
        fleet.Replace(changed);
        Rows.Renamed.Add(new(client.Id, client.Hostname, namedBy));
        Record(act with { OnClient = ToClient(changed) }, client.Id);
        return changed;
    }

    /// <summary>Records an event, with its row.</summary>
    /// <param name="client">The number of the client that it is about; null if it is about none.</param>
    /// <param name="make">Makes the event of its stamp.</param>
    public void Record(long? client, Func<EventStamp, FleetEvent> make)
    {
        var e = make(EventStamp.New(++Sequence, Now));
        Events.Add(e);
        var row = EventJson.ToRow(e);
        row.Client = client;
        Rows.Events.Add(row);
    }

    /// <summary>Records an act of an operator.</summary>
    public void Record(OperatorActed act, long? client = null) => Record(client, stamp => act with { Stamp = stamp });

    /// <summary>Records that a client is offline.</summary>
    public void RecordOffline(RegisteredClient client) => Record(client.Id, stamp =>
        new ClientOffline(ToClient(client), client.Liveness.LastHeard ?? client.RegisteredAt) { Stamp = stamp });

    public Snapshot ToSnapshot() => before with
    {
        Sequence = Sequence,
        Fleets = [.. before.Fleets.Select(f => _fleets.TryGetValue(f.Config.Name, out var changed) ? changed.ToSnapshot() : f)],
    };
}
