using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using WgFleet.Cli.Arguments;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Config;
using WgFleet.Config.Reading;
using WgFleet.Hosting;
using WgFleet.Linux;
using WgFleet.WireGuard;

namespace WgFleet.Cli.Rehearsals;

/// <summary>Runs a server with a changed configuration; returns the exit code.</summary>
/// <param name="configPath">The configuration file.</param>
/// <param name="change">Changes what was read.</param>
internal delegate Task<int> RunChanged(string configPath, Func<ServerConfig, ServerConfig> change);

/// <summary><c>wg-fleet rehearse</c>: has simulated machines join a second gateway with the same settings, and reports how that went.</summary>
internal sealed class RehearseCommand
{
    public const string Name = "rehearse";

    private readonly Option<string> _config;
    private readonly Argument<string> _fleet = new("FLEET") { Description = "The fleet whose settings the machines meet" };
    private readonly Option<long?> _machines = Value.Option<long?>("--machines", "How many machines (default: 100)", "N", Value.Number(1, RehearsalPlan.MostMachines));
    private readonly Option<TimeSpan?> _bootIn = Value.Option("--boot-in", "In how long all of them are switched on (default: 60s)", "TIME", Value.Duration(TimeSpan.Zero, "60s or 5m"));
    private readonly Option<decimal?> _clones = Value.Option<decimal?>("--clones", "How many of them have the key of another one, as copies of its disk do (default: none)", "PERCENT", ReadPercent);
    private readonly Option<TimeSpan?> _outage = Value.Option("--outage", "When all are in, have none of them reach the gateway for this time", "TIME", Value.Duration(TimeSpan.Zero, "30s or 5m"));
    private readonly Option<bool> _kill = new("--kill-gateway") { Description = "Kill the gateway (kill -9) when half of the machines are switched on, and start it again as systemd does" };
    private readonly Option<TimeSpan?> _pingEvery = Value.Option("--ping-every", "How often each machine pings (default: 60s, as the join script)", "TIME", Value.Duration(TimeSpan.FromMilliseconds(100), "1s or 60s"));
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON" };
    private readonly Option<string?> _inside = new("--inside") { Hidden = true };

    private RehearseCommand(Option<string> config) => _config = config;

    /// <summary>The command, and a hidden one that runs the rehearsal's gateway.</summary>
    public static IEnumerable<Command> Create(Option<string> config, RunChanged run)
    {
        var it = new RehearseCommand(config);
        var command = new CheckedCommand(
            Name, "Has simulated machines join a second gateway with a fleet's settings, apart from the real one, and says how long everything took; ends with 0 if all were in at the end and no address or name was given twice, with 1 if not",
            parse => parse.GetValue(it._clones) > 0 && parse.GetValue(it._machines) == 1 ? "--clones takes at least 2 machines" : null)
        {
            it._fleet, it._machines, it._bootIn, it._clones, it._outage, it._kill, it._pingEvery, it._json, it._inside,
        };
        command.SetAction((parse, _) => it.RunAsync(parse));
        yield return command;

        var fleet = new Argument<string>("FLEET");
        var directory = new Argument<string>("DIRECTORY");
        var gateway = new Command(RehearsalGateway.Command, "Runs the gateway of a rehearsal") { fleet, directory };
        gateway.Hidden = true;
        gateway.SetAction((parse, _) => run(parse.GetValue(config)!, real => RehearsalConfig.Of(real, parse.GetValue(fleet)!, parse.GetValue(directory)!)));
        yield return gateway;
    }

    private async Task<int> RunAsync(ParseResult parse)
    {
        var configPath = Path.GetFullPath(parse.GetValue(_config)!);
        if (Interop.EffectiveUser != 0)
            return await FailAsync("a rehearsal runs in namespaces of its own, which only root may make; use sudo");

        var read = ConfigFile.Load(configPath);
        if (read.Config is not { } config)
        {
            foreach (var problem in read.Problems)
                await Console.Error.WriteLineAsync(Table.Plain(problem.ToString()));

            return ExitCode.Config;
        }

        var plan = Plan(parse);
        if (config.Fleets.All(f => f.Name != plan.Fleet))
            return await FailAsync($"there is no fleet '{plan.Fleet}'; there are: {string.Join(", ", config.Fleets.Select(f => f.Name))}");

        try
        {
            if (parse.GetValue(_inside) is { } directory)
                return await RunInsideAsync(plan, config, configPath, directory, parse.GetValue(_json));

            using var signals = new Signals(reloads: null);
            using var made = RehearsalDirectory.Make(config);
            return await RehearsalProcess.RunAsync(
                ["--config", configPath, .. plan.Arguments, .. parse.GetValue(_json) ? ["--json"] : Array.Empty<string>(), _inside.Name, made.Path], made.Path, signals.Stopping);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or WireGuardException or AdminException)
        {
            return await FailAsync(Table.Plain(e.Message));
        }
    }

    private RehearsalPlan Plan(ParseResult parse)
    {
        var usual = new RehearsalPlan { Fleet = parse.GetValue(_fleet)! };
        return usual with
        {
            Machines = (int?)parse.GetValue(_machines) ?? usual.Machines,
            BootIn = parse.GetValue(_bootIn) ?? usual.BootIn,
            ClonePercent = parse.GetValue(_clones) ?? 0,
            Outage = parse.GetValue(_outage) ?? TimeSpan.Zero,
            KillsGateway = parse.GetValue(_kill),
            PingEvery = parse.GetValue(_pingEvery) ?? usual.PingEvery,
        };
    }

    /// <summary>Runs as the first process of the rehearsal's namespaces.</summary>
    private static async Task<int> RunInsideAsync(RehearsalPlan plan, ServerConfig config, string configPath, string directory, bool json)
    {
        if (!Sandbox.IsInside)
            return await FailAsync("only wg-fleet rehearse itself may use --inside");

        ChildSignal.TakeFromRuntime();
        using var over = new CancellationTokenSource();
        new Thread(() => CancelAtEndOfInput(over)) { IsBackground = true, Name = "input" }.Start();
        try
        {
            using var progress = new RehearsalProgress(!json && !Console.IsErrorRedirected);
            await Sandbox.CloseAsync(directory, over.Token);
            var report = await new Rehearsal(plan, config, new RehearsalGateway(configPath, plan.Fleet, directory), progress).RunAsync(over.Token);
            progress.Dispose();
            Console.Out.Write(json ? JsonSerializer.Serialize(report, RehearsalJson.Default.RehearsalReport) + "\n" : ReportText.Of(report));
            foreach (var failure in report.Failures)
                await Console.Error.WriteLineAsync($"wg-fleet: {Table.Plain(failure)}");

            return report.Ok ? ExitCode.Ok : ExitCode.Failure;
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return await FailAsync("interrupted; nothing of the rehearsal is left");
        }
    }

    // The other end of the pipe is held by the process that somebody has started: its end is ours.
    private static void CancelAtEndOfInput(CancellationTokenSource over)
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }

        over.Cancel();
    }

    private static string? ReadPercent(string text, out decimal? value)
    {
        var isNumber = decimal.TryParse(text.EndsWith('%') ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
        value = number;
        return isNumber && number is >= 0 and <= RehearsalPlan.MostClones ? null : $"is not a share from 0% to {RehearsalPlan.MostClones}%";
    }

    private static async Task<int> FailAsync(string why)
    {
        await Console.Error.WriteLineAsync($"wg-fleet: {why}");
        return ExitCode.Failure;
    }
}
