using WgFleet;
using WgFleet.Cli;
using WgFleet.Config;
using WgFleet.Hosting;
using WgFleet.Linux;

// First of all, because SIGHUP may come before the server runs. In a terminal SIGHUP means that the terminal was closed.
var isService = Console.IsInputRedirected;
var hangUp = isService ? HangUp.Catch() : (nint?)null;
return CommandLine.Run(args, RunServerAsync, hangUp);

Task RunServerAsync(ServerConfig config, string file, Action<ILoggingBuilder> logging)
{
    ChildSignal.TakeFromRuntime();
    return new Server(config, configFile: file, heedsHangUp: isService).RunAsync(logging);
}

