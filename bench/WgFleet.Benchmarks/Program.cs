using System.CommandLine;
using BenchmarkDotNet.Running;
using WgFleet.Benchmarks.Checks;
using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Limits;
using WgFleet.Benchmarks.Micro;
using WgFleet.Benchmarks.Profiles;
using WgFleet.Benchmarks.Reports;
using WgFleet.Benchmarks.Scenarios;
// In the order in which docs/performance.md shows them.
IScenario[] all =
[
    new Against(), new Growth(), new Register(), new Ping(), new Wrk(), new Steady(),
    new Storm(), new Prune(), new Start(), new Memory(), new Page(), new Reconcile(), new Kernel(),
    new BadHooks(), new Backlog(), new KillScenario(),
];

const string everything = "all";
var names = new Argument<string[]>("scenario")
{
    Description = $"What to measure, limits and growth unless named: {everything}, {Goals.Name} (all but growth), or {string.Join(", ", all.Select(s => s.Name))}",
    Arity = ArgumentArity.ZeroOrMore,
};
names.AcceptOnlyFromAmong([everything, Goals.Name, .. all.Select(s => s.Name)]);
var callers = new Option<int[]>("--callers") { Description = "How many callers at a time (register, ping); 1 8 64 unless given", AllowMultipleArgumentsPerToken = true };
var clients = new Option<int[]>("--clients") { Description = "How many clients there are; unless given, what docs/performance.md shows", AllowMultipleArgumentsPerToken = true };
var seconds = new Option<double>("--seconds") { Description = "The most time for one row", DefaultValueFactory = _ => 4 };
var requests = new Option<int>("--requests") { Description = "The most registrations for one row", DefaultValueFactory = _ => 4_000 };
var kills = new Option<int>("--count") { Description = "How often the server is killed", DefaultValueFactory = _ => 100 };
var repeat = new Option<int>("--repeat") { Description = "How often a start is measured", DefaultValueFactory = _ => 4 };
var write = new Option<string?>("--write") { Description = "Also puts the figures into this page, and charts beside it" };

var root = new RootCommand("Measures a wg-fleet server from outside. Run it by bench/run.") { names, callers, clients, seconds, requests, repeat, kills, write };
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

    // A part of them would take the place of all.
    if (parse.GetValue(write) is { } goalsPage && asked.Any(a => a is everything or Goals.Name))
        PerformancePage.Write(goalsPage, Goals.Name, Goals.Chart, reached, $"{Circumstances.Now()}\n{reached.ToMarkdown()}");
});

var folder = new Argument<string>("folder");
var count = new Argument<int>("clients");
var limit = new Command(LimitServer.Command, "The program that does only what physics asks") { Hidden = true };
limit.Arguments.Add(folder);
limit.Arguments.Add(count);
limit.SetAction((parse, _) => LimitServer.RunAsync(parse.GetValue(folder)!, parse.GetValue(count)));
root.Subcommands.Add(limit);

var name = new Argument<string>("interface");
var simulation = new Command(SimulatedWireGuard.Command, "An interface without tunnels") { Hidden = true };
simulation.Arguments.Add(name);
simulation.SetAction((parse, cancellationToken) => SimulatedWireGuard.RunAsync(parse.GetValue(name)!, cancellationToken));
root.Subcommands.Add(simulation);

var ratios = new Argument<string>("ratios") { Description = "The file that says how near to its limit each path was" };
var store = new Option<bool>("--store") { Description = "Writes that file anew" };
var check = new Command("check", "The short form: fails if a path has fallen far behind") { ratios, store };
check.SetAction(async (parse, cancellationToken) =>
    await Check.RunAsync(parse.GetValue(ratios)!, parse.GetValue(store), cancellationToken) ? 0 : 1);
root.Subcommands.Add(check);

var path = new Argument<string>("path") { Description = $"Which: {string.Join(", ", Profile.Paths)}" };
path.AcceptOnlyFromAmong([.. Profile.Paths]);
var known = new Option<int>("--clients") { Description = "How many clients there are", DefaultValueFactory = _ => 2_000 };
var profile = new Command("profile", "Shows by perf(1) where the server spends its processor time on one path") { path, known };
profile.SetAction((parse, cancellationToken) => Profile.PrintAsync(parse.GetValue(path)!, parse.GetValue(known), cancellationToken));
root.Subcommands.Add(profile);

var micro = new Command("micro", "Measures single parts in this process: BenchmarkDotNet, in some minutes");
var parts = new Argument<string[]>("part") { Description = "Which; all of them unless named: HookCall, EventCommit, SnapshotUpdate", Arity = ArgumentArity.ZeroOrMore };
micro.Arguments.Add(parts);
micro.SetAction(parse => BenchmarkRunner.Run(
    [.. new[] { typeof(HookCall), typeof(EventCommit), typeof(SnapshotUpdate) }.Where(t => parse.GetValue(parts) is not { Length: > 0 } some || some.Contains(t.Name))], new MicroConfig()));
root.Subcommands.Add(micro);

return await root.Parse(args).InvokeAsync();

