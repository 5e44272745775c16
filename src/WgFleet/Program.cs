using WgFleet.Cli;
using WgFleet.Hosting;

// First of all, since a server may be told to reload before it is there. In a terminal SIGHUP means that the terminal is gone.
return CommandLine.Run(args, hangUp: Console.IsInputRedirected ? HangUp.Catch() : null);
