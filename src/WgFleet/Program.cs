using WgFleet.Cli;

return CommandLine.Run(args);
