using WgFleet;
using WgFleet.Cli;
using WgFleet.Hosting;

// First of all, since a server may be told to reload before it is there. In a terminal SIGHUP means that the terminal is gone.
var isService = Console.IsInputRedirected;
var hangUp = isService ? HangUp.Catch() : (nint?)null;
return CommandLine.Run(args, (config, file, logging) => new Server(config, configFile: file, heedsHangUp: isService).RunAsync(logging), hangUp);
