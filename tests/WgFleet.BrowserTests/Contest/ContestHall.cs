using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WgFleet.Access;
using WgFleet.Config.Reading;
using WgFleet.Fleets;
using WgFleet.Fleets.State;
using WgFleet.Store;
using WgFleet.WireGuard.Drivers;

namespace WgFleet.BrowserTests.Contest;

/// <summary>
/// A gateway with its files and a hall of machines, on a clock of its own: it goes as fast as the real one, so that open pages live, and <see cref="PassAsync"/> lets
/// time pass faster. WireGuard is one in memory, and requests reach the server by HTTP.
/// </summary>
internal sealed class ContestHall : IAsyncDisposable
{
    public const string Image = "2026.01.01";
    private const int Rows = 10;
    private const int Columns = 20;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Stride = TimeSpan.FromSeconds(20);

    private readonly Folder _folder = new();
    private readonly SemaphoreSlim _clock = new(1);
    private readonly CancellationTokenSource _over = new();
    private readonly FakeInterfaces _interfaces;
    private readonly FakePrograms _programs;
    private Task _ticking = Task.CompletedTask;
    private Task _running = Task.CompletedTask;
    private WebApplication _app = null!;

    private ContestHall(int port)
    {
        Address = new Uri($"http://127.0.0.1:{port}");
        _interfaces = new FakeInterfaces(WireGuard);
        _programs = new FakePrograms(WireGuard, _interfaces);
        Seats = [.. from row in Enumerable.Range(0, Rows) from column in Enumerable.Range(1, Columns) select $"{(char)('A' + row)}{column:00}"];
        Machines = Seats.ToDictionary(seat => seat, seat => new ContestMachine(this, seat));
        Http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(3) };
    }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ManualTime Time { get; } = new();

    public FakeWireGuard WireGuard { get; } = new();

    public CollectedLog Log { get; } = new();

    public Uri Address { get; }

    public HttpClient Http { get; }

    /// <summary>The seats as people call them, row by row.</summary>
    public IReadOnlyList<string> Seats { get; }

    /// <summary>The machine of each seat.</summary>
    public Dictionary<string, ContestMachine> Machines { get; }

    public FleetSnapshot Fleet => Registry.Current.Fleet("hall")!;

    public string ConfigFile => _folder.File("wg-fleet.yaml");

    private string RosterFile => _folder.File("hall.csv");

    private ClientRegistry Registry => _app.Services.GetRequiredService<ClientRegistry>();

    /// <summary>Starts the gateway at twenty to nine, with all machines switched off.</summary>
    public static async Task<ContestHall> OpenAsync()
    {
        var hall = new ContestHall(FreePort.Find());
        hall.Time.Advance(new DateTimeOffset(2026, 1, 3, 8, 40, 0, TimeSpan.FromHours(1)) - hall.Time.GetUtcNow());
        hall.Roster();
        hall.Configure();
        await hall.StartAsync();
        hall._ticking = hall.TickAsync();
        return hall;
    }

    /// <summary>Writes the roster.</summary>
    /// <param name="serial">Another serial number than usual, for one seat.</param>
    public void Roster((string Seat, string Serial)? serial = null)
    {
        var roster = new StringBuilder("seat,hostname,serial,switch_port,image,row,column\n");
        foreach (var seat in Seats)
        {
            var board = serial?.Seat == seat ? serial.Value.Serial : ContestMachine.SerialOf(seat);
            roster.Append(CultureInfo.InvariantCulture, $"{seat},pc-{seat.ToLowerInvariant()},{board},{ContestMachine.PortOf(seat)},{Image},{seat[0]},{int.Parse(seat[1..], CultureInfo.InvariantCulture)}\n");
        }

        File.WriteAllText(RosterFile, roster.ToString());
    }

    /// <summary>Writes the configuration.</summary>
    /// <param name="enrollment">Whether machines can join during the contest.</param>
    /// <param name="more">Lines at the end.</param>
    public void Configure(string enrollment = "closed", string more = "") => File.WriteAllText(ConfigFile, $$"""
        domain: contest.example
        prune_timeout: 30m
        listen: ["{{Address.Authority}}"]
        database: {{_folder.File("clients.db")}}
        hosts_file: {{_folder.File("hosts")}}
        prometheus_file: {{_folder.File("targets.json")}}
        admin_socket: {{_folder.File("admin.sock")}}
        wireguard_directory: {{_folder.File("wireguard")}}
        fleets:
          hall:
            ip6: fd00:c::1
            subnet: fd00:c::/64
            external_ip: 192.0.2.254
            port: 51820
            hostnames: roster
            roster: {{RosterFile}}
            phases:
              - {name: contest, from: "09:00", to: "14:00", time_zone: Europe/Berlin, enrollment: {{enrollment}}}
        {{more}}
        """);

    public async Task StartAsync()
    {
        var read = Config.Reading.ConfigFile.Load(ConfigFile);
        read.Problems.ShouldBeEmpty();
        var started = new TaskCompletionSource<WebApplication>(TaskCreationOptions.RunContinuationsAsynchronously);
        _running = new Server(read.Config!, () => new TimeLimitedWireGuard(WireGuard, Time), () => _interfaces, _programs.RunAsync, Time, ConfigFile, nft: new FakeNft().RunAsync).RunAsync(
            logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(Log.ToProvider()),
            app =>
            {
                // A reload starts another one.
                _app = app;
                started.TrySetResult(app);
                return Task.CompletedTask;
            });
        if (await Task.WhenAny(started.Task, _running) == _running)
            await _running;
    }

    /// <summary>Ends the gateway and puts the database's files back as they were before: what is on disk after kill -9.</summary>
    public async Task KillAsync()
    {
        var files = Directory.GetFiles(_folder.Path, "clients.db*").Where(f => !f.EndsWith("-shm", StringComparison.Ordinal) && !f.EndsWith(".lock", StringComparison.Ordinal)).ToList();
        var kept = files.Where(File.Exists).ToDictionary(f => f, File.ReadAllBytes);
        await StopAsync();
        foreach (var file in Directory.GetFiles(_folder.Path, "clients.db*"))
            File.Delete(file);

        foreach (var (file, bytes) in kept)
            await File.WriteAllBytesAsync(file, bytes, Ct);
    }

    /// <summary>Lets time pass in which machines that are on ping once a minute, and use their tunnels.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (var end = Time.GetUtcNow() + time; Time.GetUtcNow() < end;)
        {
            await AdvanceAsync(TimeSpan.FromTicks(Math.Min(Stride.Ticks, (end - Time.GetUtcNow()).Ticks)));
            await Task.WhenAll(Machines.Values.Select(m => m.LiveAsync()));
            await Registry.ObserveAsync("hall", Ct);
        }
    }

    /// <summary>Lets time pass until clocks in the hall show this.</summary>
    public Task PassUntilAsync(int hour, int minute) => PassAsync(new DateTimeOffset(2026, 1, 3, hour, minute, 0, TimeSpan.FromHours(1)) - Time.GetUtcNow());

    /// <summary>The text of a token of an operator.</summary>
    public string Token() => _app.Services.GetRequiredService<TokenRegistry>().CreateAdmin("ops", TokenRow.Write, null, "a test").Secret.Reveal();

    /// <summary>Runs wg-fleet as an operator on the gateway does.</summary>
    public Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.RunAsync([.. arguments, "--config", ConfigFile]);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _ticking;
        await StopAsync();
        Http.Dispose();
        _over.Dispose();
        _clock.Dispose();
        _folder.Dispose();
    }

    private async Task StopAsync()
    {
        if (_running.IsCompleted)
            return;

        _app.Lifetime.StopApplication();
        while (await Task.WhenAny(_running, Task.Delay(TimeSpan.FromMilliseconds(20))) != _running)
            await AdvanceAsync(TimeSpan.FromMilliseconds(200));

        await _running;
    }

    private async Task TickAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            await Task.Delay(Tick);
            await AdvanceAsync(Tick);
        }
    }

    // Timers fire on the thread that moves the clock: one at a time.
    private async Task AdvanceAsync(TimeSpan by)
    {
        await _clock.WaitAsync();
        try
        {
            Time.Advance(by);
        }
        finally
        {
            _clock.Release();
        }
    }
}
