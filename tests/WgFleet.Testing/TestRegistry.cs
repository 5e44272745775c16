using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Fleets;
using WgFleet.Fleets.Pruning;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Tunnels;
using WgFleet.WireGuard.Drivers;

namespace WgFleet.Testing;

/// <summary>The registry with a real database, a WireGuard in memory and a clock that stands still, without HTTP and hooks.</summary>
internal sealed class TestRegistry : IAsyncDisposable
{
    private readonly Folder _folder;
    private readonly bool _ownsFolder;
    private readonly List<FleetEvent> _events = [];
    private Writer _writer = null!;
    private Database? _database;

    private TestRegistry(TestEngine engine, Folder folder, bool ownsFolder, Func<ServerConfig, ServerConfig>? change)
    {
        _folder = folder;
        _ownsFolder = ownsFolder;
        Config = (change ?? (c => c))(Some.Config(folder.Path));
        Stored = new TestDatabase(engine, Config.Database);
        Interfaces = new FakeInterfaces(WireGuard);
        Programs = new FakePrograms(WireGuard, Interfaces);
    }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ServerConfig Config { get; set; }

    public ManualTime Time { get; } = new();

    public FakeWireGuard WireGuard { get; } = new();

    public FakeInterfaces Interfaces { get; }

    public FakePrograms Programs { get; }

    public FakeNft Nft { get; } = new();

    private TimeLimitedWireGuard Limited => new(WireGuard, Time);

    public CollectedLog Log { get; } = new();

    public ClientRegistry Registry { get; private set; } = null!;

    public Pruner Pruner { get; private set; } = null!;

    public FleetHealth Health { get; private set; } = null!;

    public Supervisor Supervisor { get; private set; } = null!;

    public IReadOnlyDictionary<string, PeerSync> Links { get; private set; } = null!;

    public Database Database => _database!;

    /// <summary>The database as another program sees it.</summary>
    public TestDatabase Stored { get; }

    public FleetStore Store { get; private set; } = null!;

    /// <summary>All tombstones, the latest first.</summary>
    public List<Tombstone> Tombstones => Database.Read(c => TombstoneTable.Page(c, null, long.MaxValue, 1000));

    public FleetSnapshot Alpha => Registry.Current.Fleet("alpha")!;

    /// <summary>The events since the last start, in order, without the startup event.</summary>
    public IReadOnlyList<FleetEvent> Events
    {
        get
        {
            lock (_events)
                return [.. _events];
        }
    }

    /// <summary>The exception that a subscriber of the writer throws from now on.</summary>
    public Exception? Fault { get; set; }

    /// <summary>The writer waits for this when it publishes a batch that changed something; null if it does not wait.</summary>
    public FakeWireGuard.Barrier? Hold { get; set; }

    /// <summary>Batches that changed something since the last start.</summary>
    public int Batches { get; private set; }

    public static Task<TestRegistry> StartAsync(Func<ServerConfig, ServerConfig>? change = null) => StartAsync(TestEngine.Sqlite, null, change);

    public static Task<TestRegistry> StartAsync(TestEngine engine, Func<ServerConfig, ServerConfig>? change = null) => StartAsync(engine, null, change);

    /// <summary>The same in a directory that the test disposes of.</summary>
    public static Task<TestRegistry> StartAsync(Folder? folder, Func<ServerConfig, ServerConfig>? change = null) => StartAsync(TestEngine.Sqlite, folder, change);

    private static async Task<TestRegistry> StartAsync(TestEngine engine, Folder? folder, Func<ServerConfig, ServerConfig>? change)
    {
        var test = new TestRegistry(engine, folder ?? new Folder(), folder is null, change);
        try
        {
            await test.StartAgainAsync();
        }
        catch
        {
            await test.DisposeAsync();
            throw;
        }

        return test;
    }

    public async Task StartAgainAsync()
    {
        lock (_events)
            _events.Clear();

        Batches = 0;
        _database = Stored.Open(Log.CreateLogger("WgFleet.Store"));
        Store = new FleetStore(_database);
        Health = new FleetHealth(Time, new Logger<FleetHealth>(Log));
        Links = Config.Fleets.ToDictionary(f => f.Name, f => new PeerSync(
            new FleetTunnel(f.Tunnel, Config.WireGuardDirectory, Limited, Interfaces, Programs.RunAsync, new Logger<FleetTunnel>(Log)), Limited, Nft.RunAsync, Health, Time, Time, new Logger<PeerSync>(Log)));
        Supervisor = new Supervisor(Time, new Logger<Supervisor>(Log));
        _writer = new Writer(Store, Links, Supervisor, Time, new Logger<Writer>(Log));
        Registry = new ClientRegistry(Config, Store, Links, _writer, Time, new Logger<ClientRegistry>(Log));
        Pruner = new Pruner(Config, Registry, new PruneLimit(Config, Registry, Time, new Logger<PruneLimit>(Log)), new Logger<Pruner>(Log));
        _writer.Changed += Told;
        Registry.Start(await Registry.LoadAsync(Ct));
    }

    /// <summary>Stops cleanly, as SIGTERM does.</summary>
    public async Task StopAsync()
    {
        if (_database is null)
            return;

        await _writer.StopAsync();
        _database.Dispose();
        _database = null;
    }

    public async Task RestartAsync(Func<ServerConfig, ServerConfig>? change = null)
    {
        await Registry.StopAsync();
        await StopAsync();
        Config = (change ?? (c => c))(Config);
        await StartAgainAsync();
    }

    public Task<RegisteredClient> JoinAsync(string fleet = "alpha") => Registry.RegisterAsync(fleet, Some.Key(), "198.51.100.7");

    public async Task<RegisteredClient> JoinAsync(string fleet, string hostname)
    {
        var client = await JoinAsync(fleet);
        await NameAsync(client, hostname);
        return client;
    }

    /// <summary>Asks for a name as a ping does; returns the client's name after that.</summary>
    public async Task<string> NameAsync(RegisteredClient client, string asked)
    {
        var fleet = Registry.Current.Fleet(client.Fleet)!;
        return (await Registry.NameAsync(fleet, fleet.ById[client.Id], asked)).Hostname!;
    }

    public Task<int> RemoveAsync(params RegisteredClient[] clients) =>
        Registry.RemoveAsync(clients[0].Fleet, [.. clients.Select(m => m.Id)], _ => true, "removed");

    /// <summary>Lets time pass, and reads every interface every twenty seconds.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (var end = Time.GetUtcNow() + time; Time.GetUtcNow() < end;)
        {
            Time.Advance(TimeSpan.FromSeconds(Math.Min(20, (end - Time.GetUtcNow()).TotalSeconds)));
            foreach (var fleet in Config.Fleets)
                await Registry.ObserveAsync(fleet.Name, Ct);
        }
    }

    /// <summary>Fails unless the snapshot, the database and WireGuard have the same clients, with each name, address and key once.</summary>
    public void ShouldAgree()
    {
        foreach (var fleet in Registry.Current.Fleets)
        {
            var members = fleet.ById.Values.ToList();
            Lines(fleet.ByAddress.Select(m => $"{m.Key} {m.Value}")).ShouldBe(Lines(members.SelectMany(m => m.Addresses, (m, address) => $"{address} {m}")));
            Lines(fleet.ByKey.Select(m => $"{m.Key} {m.Value}")).ShouldBe(Lines(members.Select(m => $"{m.PublicKey} {m}")));
            Lines(fleet.ByHostname.Select(m => $"{m.Key} {m.Value}")).ShouldBe(Lines(members.Where(m => m.Hostname is not null).Select(m => $"{m.Hostname} {m}")));

            Lines(Stored.Rows($"SELECT id, public_key, assigned_ip, hostname, preshared_key, assigned_ip4 FROM clients WHERE fleet_id = '{fleet.Config.Name}'"))
                .ShouldBe(Lines(members.Select(m => $"{m.Id}|{m.PublicKey}|{m.Address}|{m.Hostname ?? "NULL"}|{m.PresharedKey?.Reveal() ?? "NULL"}|{m.SecondAddress?.ToString() ?? "NULL"}")));
            Lines(WireGuard.Peers(fleet.Config.Interface).Select(p => $"{p.Key} {p.Value}"))
                .ShouldBe(Lines(members.Select(m => $"{m.PublicKey} {string.Join(',', m.Addresses.Select(a => $"{a}/{FleetNetwork.LengthOf(a)}"))}")));
            Lines(members.Select(m => $"{m.PublicKey} {WireGuard.Peer(fleet.Config.Interface, m.PublicKey).PresharedKey?.Reveal()}"))
                .ShouldBe(Lines(members.Select(m => $"{m.PublicKey} {m.PresharedKey?.Reveal()}")));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Stored.Dispose();
        if (_ownsFolder)
            _folder.Dispose();
    }

    // One text to compare, because comparing thousands of clients one by one takes minutes.
    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines.Order(StringComparer.Ordinal));

    private void Told(Change change)
    {
        if (Fault is { } fault)
            throw fault;

        lock (_events)
        {
            _events.AddRange(change.Events);
            Batches++;
        }

        Hold?.PassAsync().Wait(Ct);
    }
}
