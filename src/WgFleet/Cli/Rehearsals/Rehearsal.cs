using System.Diagnostics;
using System.Globalization;
using WgFleet.Cli.Remote;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Http.Api;
using WgFleet.WireGuard;

namespace WgFleet.Cli.Rehearsals;

/// <summary>Runs a plan in the sandbox: starts the gateway, switches the machines on, has things go wrong, and reports.</summary>
/// <param name="plan">The plan.</param>
/// <param name="config">The real gateway's configuration.</param>
/// <param name="gateway">The rehearsal's gateway.</param>
/// <param name="progress">Shows how far it is.</param>
internal sealed class Rehearsal(RehearsalPlan plan, ServerConfig config, RehearsalGateway gateway, RehearsalProgress progress)
{
    /// <summary>After how long systemd starts a server again that was killed: RestartSec= of the unit.</summary>
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(2);

    /// <summary>How long hooks may take at the end until they have handled every event.</summary>
    private static readonly TimeSpan HookLimit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private readonly Measurements _measurements = new();
    private readonly Outage _outage = new();
    private IReadOnlyList<SimulatedMachine> _machines = [];
    private TimeSpan? _restart;
    private TimeSpan? _killed;

    // From when on a ping of each machine must be answered.
    private long _mark = 1;

    /// <summary>For how long machines may be away after the last thing that went wrong: three times the join script's longest wait, and two pings.</summary>
    private TimeSpan BackLimit => TimeSpan.FromMinutes(3) + (2 * plan.PingEvery);

    /// <summary>Runs it to its end. With a long outage that takes its time.</summary>
    /// <exception cref="IOException">The gateway does not start, or has ended by itself.</exception>
    /// <exception cref="AdminException">The gateway does not answer operators.</exception>
    public async Task<RehearsalReport> RunAsync(CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp();
        progress.Show("starting a gateway");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // Before the gateway, which has events for its webhooks when it starts.
        List<Task> running = [new WebhookReceiver(RehearsalConfig.Receiver).RunAsync(over.Token)];
        using var operators = new AdminClient(RehearsalConfig.AdminSocket);
        var start = await gateway.StartAsync(operators, cancellationToken);

        using var requests = new MachineRequests(plan.Fleet, _measurements);
        _machines = Machines(requests);
        var watch = new HookWatch(operators);
        running.AddRange([watch.RunAsync(over.Token), .. _machines.Select((m, i) => m.RunAsync(plan.BootAt(i), over.Token))]);
        try
        {
            await ActAsync(operators, watch, cancellationToken);
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(running);
        }

        return await ReportAsync(operators, watch, start, begin, cancellationToken);
    }

    private async Task ActAsync(AdminClient operators, HookWatch watch, CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp();
        if (plan.KillsGateway)
        {
            while (Stopwatch.GetElapsedTime(begin) < plan.BootIn / 2)
                await GlanceAsync("in", cancellationToken);

            await KillAsync(operators, cancellationToken);
            _mark = Stopwatch.GetTimestamp();
        }

        await UntilAllAsync("in", plan.BootIn + BackLimit, cancellationToken);
        if (plan.Outage > TimeSpan.Zero)
        {
            progress.Show($"{plan.Machines} machines do not reach the gateway for {Duration.ToText(plan.Outage)}");
            _outage.Begin();
            await Task.Delay(plan.Outage, cancellationToken);
            _outage.End();
            _mark = Stopwatch.GetTimestamp();
            await UntilAllAsync("back", BackLimit, cancellationToken);
        }

        if (plan.Clones > 0)
            await UntilSplitAsync(cancellationToken);

        progress.Show("waiting for the hooks");
        await watch.IdleAsync(HookLimit, cancellationToken);
    }

    private async Task KillAsync(AdminClient operators, CancellationToken cancellationToken)
    {
        progress.Show("the gateway is killed");
        var begin = Stopwatch.GetTimestamp();
        await gateway.KillAsync();
        await Task.Delay(RestartPause, cancellationToken);
        _restart = await gateway.StartAsync(operators, cancellationToken);
        _killed = Stopwatch.GetElapsedTime(begin);
    }

    /// <summary>Waits until a ping of each machine was answered since the mark, or until the time is over.</summary>
    private async Task UntilAllAsync(string word, TimeSpan limit, CancellationToken cancellationToken)
    {
        for (var begin = Stopwatch.GetTimestamp(); _machines.Any(m => m.AnsweredAt < _mark) && Stopwatch.GetElapsedTime(begin) < limit;)
            await GlanceAsync(word, cancellationToken);
    }

    /// <summary>Waits until no two machines have one key: a machine learns with one of its next pings that it is a copy.</summary>
    private async Task UntilSplitAsync(CancellationToken cancellationToken)
    {
        for (var begin = Stopwatch.GetTimestamp(); SharedKeys() > 0 && Stopwatch.GetElapsedTime(begin) < BackLimit;)
        {
            progress.Show($"{Quantity.Of(SharedKeys(), "key")} still of several machines");
            await Task.Delay(Glance, cancellationToken);
        }

        // Those that have made a new key have to join with it.
        _mark = Stopwatch.GetTimestamp();
        await UntilAllAsync("in", BackLimit, cancellationToken);
    }

    private async Task GlanceAsync(string word, CancellationToken cancellationToken)
    {
        gateway.ThrowIfEnded();
        progress.Show($"{_machines.Count(m => m.AnsweredAt >= _mark)} of {plan.Machines} machines are {word}");
        await Task.Delay(Glance, cancellationToken);
    }

    private List<SimulatedMachine> Machines(MachineRequests requests)
    {
        var machines = new List<SimulatedMachine>(plan.Machines);
        for (var i = 0; i < plan.Machines; i++)
        {
            var key = plan.OriginalOf(i) is { } original ? machines[original].Key : PrivateKey.Generate().PublicKey;
            machines.Add(new SimulatedMachine(i, plan.NameOf(i), key, plan.PingEvery, requests, _outage));
        }

        return machines;
    }

    /// <summary>How many keys several machines have.</summary>
    private int SharedKeys() => _machines.GroupBy(m => m.Key).Count(g => g.Count() > 1);

    /// <summary>How many clients were pruned, as the event log says.</summary>
    private static async Task<int> PrunedAsync(AdminClient operators, CancellationToken cancellationToken)
    {
        var (pruned, after) = (0, 0L);
        while ((await operators.GetAsync($"/events?after={after.ToString(CultureInfo.InvariantCulture)}&wait=0", AdminJson.Default.EventsInfo, cancellationToken)).Events is [.., var last] events)
        {
            pruned += events.Count(e => e.Type == EventTypes.ClientRemoved && e.Event.GetProperty("data").TryGetProperty("reason", out var reason) && reason.GetString() == "stale");
            after = last.Seq;
        }

        return pruned;
    }

    private async Task<RehearsalReport> ReportAsync(AdminClient operators, HookWatch watch, TimeSpan start, long begin, CancellationToken cancellationToken)
    {
        gateway.ThrowIfEnded();
        var clients = (await ClientPages.GetAsync(operators, $"fleet={Uri.EscapeDataString(plan.Fleet)}", int.MaxValue, cancellationToken)).Clients;
        var longest = _machines.MaxBy(m => m.LongestAway)!;
        var failures = RehearsalFailures.Of(_machines, _mark, clients, watch.Behind);
        return new RehearsalReport
        {
            Fleet = plan.Fleet,
            Machines = plan.Machines,
            Joined = _machines.Count(m => m.AnsweredAt > 0),
            Back = plan.Machines - failures.Away,
            Clones = plan.Clones,
            Split = _machines.Count(m => m.HasNewKey),
            Seconds = Math.Round(Stopwatch.GetElapsedTime(begin).TotalSeconds, 1),
            Start = Math.Round(start.TotalSeconds, 3),
            Restart = Rounded(_restart),
            Killed = Rounded(_killed),
            Outage = plan.Outage > TimeSpan.Zero ? plan.Outage.TotalSeconds : null,
            Requests = _measurements.Report(),
            Hooks = watch.Report(),
            Pruned = await PrunedAsync(operators, cancellationToken),
            HeldPrunes = watch.HeldPrunes,
            JoinedIn = Spread.Of(_machines.Select(m => m.JoinedIn).OfType<TimeSpan>()),
            Away = Spread.Of(_machines.Select(m => m.LongestAway)),
            LongestAway = longest.Name,
            PingEvery = plan.PingEvery.TotalSeconds,
            Differences = RehearsalConfig.Differences(config, config.Fleets.Single(f => f.Name == plan.Fleet)),
            Failures = failures.Lines,
        };
    }

    private static double? Rounded(TimeSpan? time) => time is { } some ? Math.Round(some.TotalSeconds, 3) : null;
}
