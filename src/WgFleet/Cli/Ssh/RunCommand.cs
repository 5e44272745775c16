using System.CommandLine;
using WgFleet.Cli.Arguments;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Hosting;
using WgFleet.Http.Api;

namespace WgFleet.Cli.Ssh;

/// <summary><c>wg-fleet run</c>: runs one command on many machines, by OpenSSH.</summary>
internal static class RunCommand
{
    private const int MostAtOnce = 500;

    public static Command Create(Option<string> config)
    {
        var op = new ServerCommand(config);
        var words = new Argument<string[]>("COMMAND") { Description = "What to run there, after --; a shell of the machine reads it", Arity = ArgumentArity.OneOrMore };
        var fleet = new Option<string>("--fleet") { Description = "On the machines of this fleet", HelpName = "NAME", Required = true };
        var tags = Tags.Option("--tag", "Only on machines with this tag; may be repeated");
        var online = new Option<bool>("--online") { Description = "Leave out machines that are offline; otherwise they count as failed" };
        var parallel = Value.Option<long?>("--parallel", "On how many machines at once (default: 32)", "N", Value.Number(1, MostAtOnce));
        parallel.Aliases.Add("-P");
        var timeout = Value.Option("--timeout", "Give up on a machine after this time (default: 10m)", "TIME", Value.Duration(TimeSpan.FromSeconds(1), "30s or 10m"));
        var ssh = new SshArguments();
        return op.Command(
            "run", "Runs a command on all machines of a fleet, through their tunnels, with ssh; ends with 0 if it succeeded on all of them, with 1 if not",
            [words, fleet, tags, online, parallel, timeout, .. ssh.Options], async (client, parse, cancellationToken) =>
        {
            var wanted = parse.GetValue(tags) ?? new Dictionary<string, string>();
            var page = await ClientPages.GetAsync(client, $"fleet={Uri.EscapeDataString(parse.GetValue(fleet)!)}&sort=hostname", int.MaxValue, cancellationToken);
            List<ClientInfo> chosen =
            [
                .. page.Clients.Where(c => wanted.All(t => c.Tags?.GetValueOrDefault(t.Key) == t.Value) && !(parse.GetValue(online) && SshArguments.IsOffline(c))),
            ];
            if (chosen.Count == 0)
                throw new AdminException($"fleet {parse.GetValue(fleet)} has no such machine{(parse.GetValue(online) ? " online" : "")}");

            var isJson = parse.GetValue(op.Json);
            var report = new RunReport(chosen.Count, !isJson, !isJson && !Console.IsErrorRedirected);
            var remote = new RemoteCommand(parse.GetValue(timeout) ?? TimeSpan.FromMinutes(10), report.Line);
            var results = new RunResult[chosen.Count];

            // ssh runs in a session of its own, which Ctrl-C does not reach.
            using var signals = new Signals(reloads: null);
            try
            {
                await Parallel.ForAsync(0, chosen.Count, new ParallelOptions { MaxDegreeOfParallelism = (int)(parse.GetValue(parallel) ?? 32), CancellationToken = signals.Stopping },
                    async (i, token) =>
                {
                    results[i] = SshArguments.IsOffline(chosen[i])
                        ? RunResult.Of(chosen[i]) with { Failure = "offline", LastError = $"last seen {Times.Full(chosen[i].LastSeen, utc: false)}" }
                        : await remote.RunAsync(chosen[i], ssh.For(parse, chosen[i], null, Batch, parse.GetValue(words)!), token);
                    report.Done(results[i]);
                });
            }
            catch (OperationCanceledException)
            {
                report.Interrupted();
                return ExitCode.Interrupted;
            }
            catch (IOException e)
            {
                throw new AdminException($"{e.Message}; this command takes the OpenSSH client", e);
            }

            report.End(results);
            if (isJson)
                op.Print(parse, results, RunJson.Default.IReadOnlyListRunResult, _ => { });

            return results.All(r => r.Ok) ? ExitCode.Ok : ExitCode.Failure;
        });
    }

    // Nobody can answer a question of ssh, and its notes are not the command's errors.
    private static readonly string[] Batch = ["BatchMode=yes", "ConnectTimeout=10", "LogLevel=ERROR", "RequestTTY=no", "ControlPath=none"];
}
