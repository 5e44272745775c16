using System.Net;

namespace WgFleet;

/// <content>The log lines of the server as a whole.</content>
internal sealed partial class Server
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Operators' commands cannot reach this server: {Reason}")]
        public static partial void NoAdmin(ILogger log, string reason);

        [LoggerMessage(2, LogLevel.Information, "Reloading with the configuration in {Path}")]
        public static partial void Reloading(ILogger log, string path);

        [LoggerMessage(3, LogLevel.Error, "New configuration failed to start; keeping the previous one: {Reason}")]
        public static partial void NotRunnable(ILogger log, string reason);

        [LoggerMessage(4, LogLevel.Warning,
            "Enrollment is open: any machine that reaches this server can join {Fleets}. Set 'enrollment: token' to require a token")]
        public static partial void Open(ILogger log, string fleets);

        [LoggerMessage(5, LogLevel.Information, "wg-fleet {Version} is ready, listens on {Addresses}: {Counts}")]
        public static partial void Ready(ILogger log, string version, string addresses, string counts);

        [LoggerMessage(6, LogLevel.Information, "wg-fleet has stopped")]
        public static partial void Stopped(ILogger log);

        [LoggerMessage(7, LogLevel.Warning,
            "'listen' has {EndPoint}, but no interface has that address and it is no fleet's; the server will listen there when an interface gets it")]
        public static partial void NotHere(ILogger log, IPEndPoint endPoint);

        [LoggerMessage(8, LogLevel.Error, "The server could not start again, retrying in {Seconds:0.0} s")]
        public static partial void TryingAgain(ILogger log, double seconds, Exception e);

        [LoggerMessage(9, LogLevel.Warning, "{Part} failed while it was being stopped")]
        public static partial void StopFailed(ILogger log, string part, Exception e);

        [LoggerMessage(10, LogLevel.Warning,
            "The reload waits for the database, with the previous configuration in force: {Reason}")]
        public static partial void ReloadWaits(ILogger log, string reason);

        [LoggerMessage(11, LogLevel.Warning, "Ended {Count} that hooks had left when the last server was killed: {Processes}")]
        public static partial void EndedLeftOver(ILogger log, string count, string processes);

        [LoggerMessage(12, LogLevel.Warning, "An nftables table of a fleet that no longer isolates its clients stays until the next boot: {Reason}")]
        public static partial void TablesLeft(ILogger log, string reason);

        [LoggerMessage(13, LogLevel.Information, "Gateway {Gateway} took the lease, epoch {Epoch} ({Cause})")]
        public static partial void TookOver(ILogger log, string gateway, long epoch, string cause);

        [LoggerMessage(14, LogLevel.Information, "{State}")]
        public static partial void StandsBy(ILogger log, string state);

        [LoggerMessage(15, LogLevel.Error, "{State}")]
        public static partial void StandbyTrouble(ILogger log, string state);

        [LoggerMessage(16, LogLevel.Error, "Gateway {Gateway} has lost the lease, and stands by")]
        public static partial void Lost(ILogger log, string gateway);

        [LoggerMessage(17, LogLevel.Error, "The lease was lost while the server started: {Reason}")]
        public static partial void LostAtStart(ILogger log, string reason);

        [LoggerMessage(18, LogLevel.Warning, "The lease was not renewed: {Reason}")]
        public static partial void NotRenewed(ILogger log, string reason);

        [LoggerMessage(19, LogLevel.Warning, "The lease could not be given back, and ends by itself: {Reason}")]
        public static partial void NotGivenBack(ILogger log, string reason);
    }
}
