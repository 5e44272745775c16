using System.CommandLine;
using BenchmarkDotNet.Running;
using WgFleet.Benchmarks.Checks;
using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Limits;
using WgFleet.Benchmarks.Micro;
using WgFleet.Benchmarks.Profiles;
using WgFleet.Benchmarks.Recovery;
using WgFleet.Benchmarks.Reports;
using WgFleet.Benchmarks.Scenarios;
// In the order of docs/performance.md.
IScenario[] all =
[
    new Against(), new Growth(), new Register(), new Ping(), new Wrk(), new Steady(),
    new Storm(), new Prune(), new Start(), new Back(), new Memory(), new Idle(), new Commands(), new Page(), new Reconcile(), new Kernel(),
    new BadHooks(), new Backlog(), new StreamHook(), new KillScenario(),
];

const string everything = "all";
var names = new Argument<string[]>("scenario")
{
    Description = $"Scenarios to run (default: limits and growth): {everything}, {Goals.Name} (all but growth), or {string.Join(", ", all.Select(s => s.Name))}",
    Arity = ArgumentArity.ZeroOrMore,
};
names.AcceptOnlyFromAmong([everything, Goals.Name, .. all.Select(s => s.Name)]);
var callers = new Option<int[]>("--callers")
{
    Description = "Number of concurrent callers (register, ping); default: 1 8 64", AllowMultipleArgumentsPerToken = true,
};
var clients = new Option<int[]>("--clients") { Description = "Number of clients; default: as in docs/performance.md", AllowMultipleArgumentsPerToken = true };
var seconds = new Option<double>("--seconds") { Description = "Maximum time for one row, in seconds", DefaultValueFactory = _ => 4 };
var requests = new Option<int>("--requests") { Description = "Maximum number of registrations for one row", DefaultValueFactory = _ => 4_000 };
var kills = new Option<int>("--count") { Description = "Number of times that the server is killed", DefaultValueFactory = _ => 100 };
var repeat = new Option<int>("--repeat") { Description = "Number of starts to measure", DefaultValueFactory = _ => 4 };
var write = new Option<string?>("--write") { Description = "Also write the figures into this page, and charts beside it" };

var root = new RootCommand("Measures a wg-fleet server from outside. Start it with bench/run.")
{
    names, callers, clients, seconds, requests, repeat, kills, write,
};
root.SetAction(async (parse, cancellationToken) =>
{
    var bench = new Bench
    {
        Callers = parse.GetValue(callers) is { Length: > 0 } c ? c : [1, 8, 64],
        Clients = parse.GetValue(clients) ?? [],
        Time = TimeSpan.FromSeconds(parse.GetValue(seconds)),
        Requests = parse.GetValue(requests),
        Count = parse.GetValue(kills),
        Repeat = Math.Max(1, parse.GetValue(repeat)),
    };
    var asked = parse.GetValue(names) is { Length: > 0 } some ? some : ["limits", "growth"];
    var wanted = asked.Contains(everything) ? all : asked.Contains(Goals.Name) ? all.Where(s => s is not Growth) : all.Where(s => asked.Contains(s.Name));
    foreach (var scenario in wanted)
    {
        await Console.Error.WriteLineAsync($"  {scenario.Name}…");
        var circumstances = Circumstances.Now();
        var table = new Table(scenario.Columns);
        await scenario.RunAsync(bench, table, cancellationToken);

        var figures = $"{circumstances}\n{table.ToMarkdown()}";
        await Console.Out.WriteLineAsync($"\n## {scenario.Name}\n\n{figures}");
        if (parse.GetValue(write) is { } page)
            PerformancePage.Write(page, scenario.Name, scenario.Chart, table, figures);
    }

    if (!bench.Goals.Any)
        return;

    var reached = bench.Goals.ToTable();
    await Console.Out.WriteLineAsync($"\n## {Goals.Name}\n\n{reached.ToMarkdown()}");

    // Only write the page if all goals were measured: it would replace the table of all goals.
    if (parse.GetValue(write) is { } goalsPage && asked.Any(a => a is everything or Goals.Name))
        PerformancePage.Write(goalsPage, Goals.Name, Goals.Chart, reached, $"{Circumstances.Now()}\n{reached.ToMarkdown()}");
});

var folder = new Argument<string>("folder");
var count = new Argument<int>("clients");
var limit = new Command(LimitServer.Command, "Run the program that does only the necessary work") { Hidden = true };
limit.Arguments.Add(folder);
limit.Arguments.Add(count);
limit.SetAction((parse, _) => LimitServer.RunAsync(parse.GetValue(folder)!, parse.GetValue(count)));
root.Subcommands.Add(limit);

var name = new Argument<string>("interface");
var simulation = new Command(SimulatedWireGuard.Command, "Run an interface without tunnels") { Hidden = true };
simulation.Arguments.Add(name);
var life = new Argument<string>("life");
simulation.Arguments.Add(life);
simulation.SetAction((parse, cancellationToken) => SimulatedWireGuard.RunAsync(parse.GetValue(name)!, parse.GetValue(life) == "alive", cancellationToken));
root.Subcommands.Add(simulation);

var rebooted = new Argument<int>("clients");
var served = new Argument<string>("gateway");
var endpoints = new Argument<string>("endpoints");
var reboots = new Argument<int>("reboots");
var reboot = new Command(Reboot.Command, "Reboot a gateway whose clients have tunnels") { Hidden = true };
reboot.Arguments.Add(rebooted);
reboot.Arguments.Add(served);
reboot.Arguments.Add(endpoints);
reboot.Arguments.Add(reboots);
reboot.SetAction((parse, cancellationToken) => Reboot.RunAsync(
    parse.GetValue(rebooted), parse.GetValue(served) == "wireguard-go", parse.GetValue(endpoints) == "known", parse.GetValue(reboots), cancellationToken));
root.Subcommands.Add(reboot);

var keyFile = new Argument<string>("keys");
var gatewayKey = new Argument<string>("gateway");
var gatewayPort = new Argument<int>("port");
var realClients = new Command(RealClients.Command, "Create the interfaces of clients with tunnels") { Hidden = true };
realClients.Arguments.Add(keyFile);
realClients.Arguments.Add(gatewayKey);
realClients.Arguments.Add(gatewayPort);
realClients.SetAction((parse, cancellationToken) => RealClients.CreateHereAsync(
    parse.GetValue(keyFile)!, WgFleet.WireGuard.WireGuardKey.Parse(parse.GetValue(gatewayKey)!), parse.GetValue(gatewayPort), cancellationToken));
root.Subcommands.Add(realClients);

var ratios = new Argument<string>("ratios") { Description = "The file with the stored ratio of each path to its limit" };
var store = new Option<bool>("--store") { Description = "Write this file again, with the ratios measured now" };
var check = new Command("check", "A short check that fails if a path has become much slower against its limit") { ratios, store };
check.SetAction(async (parse, cancellationToken) =>
    await Check.RunAsync(parse.GetValue(ratios)!, parse.GetValue(store), cancellationToken) ? 0 : 1);
root.Subcommands.Add(check);

var path = new Argument<string>("path") { Description = $"Path to profile: {string.Join(", ", Profile.Paths)}" };
path.AcceptOnlyFromAmong([.. Profile.Paths]);
var known = new Option<int>("--clients") { Description = "How many clients there are", DefaultValueFactory = _ => 2_000 };
var profile = new Command("profile", "Show with perf(1) where the server spends its processor time on one path") { path, known };
profile.SetAction((parse, cancellationToken) => Profile.PrintAsync(parse.GetValue(path)!, parse.GetValue(known), cancellationToken));
root.Subcommands.Add(profile);

var micro = new Command("micro", "Measure single parts in this process with BenchmarkDotNet; takes some minutes");
var parts = new Argument<string[]>("part")
{
    Description = "Parts to measure (default: all): HookCall, EventCommit, BatchCommit, SnapshotUpdate", Arity = ArgumentArity.ZeroOrMore,
};
micro.Arguments.Add(parts);
micro.SetAction(parse => BenchmarkRunner.Run(
    [.. new[] { typeof(HookCall), typeof(EventCommit), typeof(BatchCommit), typeof(SnapshotUpdate) }.Where(
        t => parse.GetValue(parts) is not { Length: > 0 } some || some.Contains(t.Name))], new MicroConfig()));
root.Subcommands.Add(micro);

return await root.Parse(args).InvokeAsync();

