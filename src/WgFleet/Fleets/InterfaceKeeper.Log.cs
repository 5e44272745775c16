namespace WgFleet.Fleets;

/// <content>What is logged.</content>
internal sealed partial class InterfaceKeeper
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Interface} could not be changed ({Reason}); bringing it up and sending what is missing")]
        public static partial void ChangeFailed(ILogger log, string @interface, string reason);

        [LoggerMessage(2, LogLevel.Warning, "{Interface} is up again and has its {Count} clients")]
        public static partial void Repaired(ILogger log, string @interface, int count);

        [LoggerMessage(3, LogLevel.Warning, "Added {Count} missing peers to the interface of fleet {Fleet}")]
        public static partial void Restored(ILogger log, int count, string fleet);

        [LoggerMessage(4, LogLevel.Information, "{Answered} of {Count} clients of fleet {Fleet} whose sessions were lost answered a handshake within {Seconds:0.0} s; the others start one themselves")]
        public static partial void HandshakesEnded(ILogger log, int answered, int count, string fleet, double seconds);

        [LoggerMessage(5, LogLevel.Warning, "No handshakes could be started with the clients of fleet {Fleet} whose sessions were lost, so they come back by themselves within two minutes: {Reason}")]
        public static partial void NoHandshakes(ILogger log, string fleet, string reason);
    }
}
