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
internal static class RehearseCommand
{
    public const string Name = "rehearse";

    private static readonly Argument<string> Fleet = new("FLEET") { Description = "The fleet whose settings the machines meet" };
    private static readonly Option<long?> Machines = Value.Option<long?>("--machines", "How many machines (default: 100)", "N", Value.Number(1, RehearsalPlan.MostMachines));
    private static readonly Option<TimeSpan?> BootIn = Value.Option("--boot-in", "In how long all of them are switched on (default: 60s)", "TIME", Value.Duration(TimeSpan.Zero, "60s or 5m"));
    private static readonly Option<decimal?> Clones = Value.Option<decimal?>("--clones", "How many of them have the key of another one, as copies of its disk do (default: none)", "PERCENT", ReadPercent);
    private static readonly Option<TimeSpan?> Outage = Value.Option("--outage", "When all are in, have none of them reach the gateway for this time", "TIME", Value.Duration(TimeSpan.Zero, "30s or 5m"));
    private static readonly Option<bool> Kill = new("--kill-gateway") { Description = "Kill the gateway (kill -9) when half of the machines are switched on, and start it again as systemd does" };
    private static readonly Option<TimeSpan?> PingEvery = Value.Option("--ping-every", "How often each machine pings (default: 60s, as the join script)", "TIME", Value.Duration(TimeSpan.FromMilliseconds(100), "1s or 60s"));
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON" };
    private static readonly Option<string?> Inside = new("--inside") { Hidden = true };

    /// <summary>The command, and a hidden one that runs the rehearsal's gateway.</summary>
    public static IEnumerable<Command> Create(Option<string> config, RunChanged run)
    {
        var command = new CheckedCommand(
            Name, "Has simulated machines join a second gateway with a fleet's settings, apart from the real one, and says how long everything took; ends with 0 if all were in at the end and no address or name was given twice, with 1 if not",
            parse => parse.GetValue(Clones) > 0 && parse.GetValue(Machines) == 1 ? "--clones takes at least 2 machines" : null)
        {
            Fleet, Machines, BootIn, Clones, Outage, Kill, PingEvery, Json, Inside,
        };
        command.SetAction((parse, _) => RunAsync(parse, parse.GetValue(config)!));
        yield return command;

        var name = new Argument<string>("FLEET");
        var directory = new Argument<string>("DIRECTORY");
        var gateway = new Command(RehearsalGateway.Command, "Runs the gateway of a rehearsal") { name, directory };
        gateway.Hidden = true;
        gateway.SetAction((parse, _) => Sandbox.IsClosed
            ? run(parse.GetValue(config)!, real => RehearsalConfig.Of(real, parse.GetValue(name)!, parse.GetValue(directory)!))
            : FailAsync($"only wg-fleet {Name} may run this"));
        yield return gateway;
    }

    private static async Task<int> RunAsync(ParseResult parse, string configFile)
    {
        var configPath = Path.GetFullPath(configFile);
        if (Interop.EffectiveUser != 0)
            return await FailAsync("a rehearsal runs in namespaces of its own, which only root may make; use sudo");

        var read = ConfigFile.Load(configPath);
        if (read.Config is not { } config)
        {
            foreach (var problem in read.Problems)
                await Console.Error.WriteLineAsync(Table.Plain(problem.ToString()));

            return ExitCode.Config;
        }

        var asked = parse.GetValue(Fleet)!;
        if (config.Fleets.FirstOrDefault(f => f.Name.Equals(asked, StringComparison.OrdinalIgnoreCase)) is not { } fleet)
            return await FailAsync(Table.Plain($"there is no fleet '{asked}'; there are: {string.Join(", ", config.Fleets.Select(f => f.Name))}"));

        var plan = PlanOf(parse, fleet.Name);
        try
        {
            if (parse.GetValue(Inside) is { } directory)
                return await RunInsideAsync(plan, config, configPath, directory, parse.GetValue(Json));

            using var signals = new Signals(reloads: null);
            using var made = RehearsalDirectory.Make(config);
            return await RehearsalProcess.RunAsync(
                ["--config", configPath, .. plan.Arguments, .. parse.GetValue(Json) ? ["--json"] : Array.Empty<string>(), Inside.Name, made.Path], made.Path, signals.Stopping);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or WireGuardException or AdminException)
        {
            return await FailAsync(Table.Plain(e.Message));
        }
    }

    /// <summary>The plan that a command line asks for.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="fleet">The fleet as the configuration spells it.</param>
    public static RehearsalPlan PlanOf(ParseResult parse, string fleet)
    {
        var usual = new RehearsalPlan { Fleet = fleet };
        return usual with
        {
            Machines = (int?)parse.GetValue(Machines) ?? usual.Machines,
            BootIn = parse.GetValue(BootIn) ?? usual.BootIn,
            ClonePercent = parse.GetValue(Clones) ?? 0,
            Outage = parse.GetValue(Outage) ?? TimeSpan.Zero,
            KillsGateway = parse.GetValue(Kill),
            PingEvery = parse.GetValue(PingEvery) ?? usual.PingEvery,
        };
    }

    /// <summary>Runs as the first process of the rehearsal's namespaces.</summary>
    private static async Task<int> RunInsideAsync(RehearsalPlan plan, ServerConfig config, string configPath, string directory, bool json)
    {
        if (!Sandbox.IsInside)
            return await FailAsync($"only wg-fleet {Name} itself may use {Inside.Name}");

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
