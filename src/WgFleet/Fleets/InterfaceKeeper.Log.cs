namespace WgFleet.Fleets;

/// <content>What is logged.</content>
internal sealed partial class InterfaceKeeper
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Interface} could not be changed ({Reason}); bringing it up and sending what is missing")]
        public static partial void ChangeFailed(ILogger log, string @interface, string reason);

        [LoggerMessage(2, LogLevel.Warning, "{Interface} is up again and has its {Clients}")]
        public static partial void Repaired(ILogger log, string @interface, string clients);

        [LoggerMessage(3, LogLevel.Warning, "Added {Peers} to the interface of fleet {Fleet}")]
        public static partial void Restored(ILogger log, string peers, string fleet);

        [LoggerMessage(4, LogLevel.Information, "{Answered} of {Clients} of fleet {Fleet} whose sessions were lost answered a handshake within {Seconds:0.0} s; the others start one themselves")]
        public static partial void HandshakesEnded(ILogger log, int answered, string clients, string fleet, double seconds);

        [LoggerMessage(5, LogLevel.Warning, "No handshakes could be started with the clients of fleet {Fleet} whose sessions were lost, so they come back by themselves within two minutes: {Reason}")]
        public static partial void NoHandshakes(ILogger log, string fleet, string reason);
    }
}
