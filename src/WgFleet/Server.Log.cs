using System.Net;

namespace WgFleet;

/// <content>What the server as a whole has to say.</content>
internal sealed partial class Server
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Operators' commands cannot reach this server: {Reason}")]
        public static partial void NoAdmin(ILogger log, string reason);

        [LoggerMessage(2, LogLevel.Information, "Reloading: going on with what {Path} says now")]
        public static partial void Reloading(ILogger log, string path);

        [LoggerMessage(3, LogLevel.Error, "Going on with the configuration before, since the server does not run with the new one: {Reason}")]
        public static partial void NotRunnable(ILogger log, string reason);

        [LoggerMessage(4, LogLevel.Warning, "Enrolment is open: whoever reaches this server can join {Fleets}. 'enrollment: token' in the configuration asks for a token")]
        public static partial void Open(ILogger log, string fleets);

        [LoggerMessage(5, LogLevel.Information, "wg-fleet {Version} is ready, listens on {Addresses}: {Counts}")]
        public static partial void Ready(ILogger log, string version, string addresses, string counts);

        [LoggerMessage(6, LogLevel.Information, "wg-fleet has stopped")]
        public static partial void Stopped(ILogger log);

        [LoggerMessage(7, LogLevel.Warning, "This machine does not have {EndPoint}, which 'listen' names, nor is it a fleet's; it is listened on as soon as an interface has it")]
        public static partial void NotHere(ILogger log, IPEndPoint endPoint);
    }
}
