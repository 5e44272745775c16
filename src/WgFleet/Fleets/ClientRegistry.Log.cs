using System.Net;

namespace WgFleet.Fleets;

/// <summary>What the registry logs.</summary>
internal sealed partial class ClientRegistry
{
    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Warning, "Could not save the last-seen times of {Clients}, trying again in 10 s: {Reason}")]
        public static partial void ActivityNotSaved(ILogger log, string clients, string reason);

        [LoggerMessage(4, LogLevel.Warning, "Fleet {Fleet} was frozen by {Operator}: no client is pruned and no name changes until wg-fleet fleets thaw")]
        public static partial void Frozen(ILogger log, string fleet, string @operator);

        [LoggerMessage(5, LogLevel.Warning, "Fleet {Fleet} was thawed by {Operator}: stale clients are pruned and names can change again")]
        public static partial void Thawed(ILogger log, string fleet, string @operator);

        [LoggerMessage(14, LogLevel.Warning, "Fleet {Fleet} was thawed by {Operator} and stays frozen by {Phase}")]
        public static partial void ThawedInPhase(ILogger log, string fleet, string @operator, string phase);

        [LoggerMessage(12, LogLevel.Information, "Fleet {Fleet} is in {Phase}")]
        public static partial void PhaseBegan(ILogger log, string fleet, string phase);

        [LoggerMessage(13, LogLevel.Information, "Fleet {Fleet} is in no phase of its time-table")]
        public static partial void PhaseOver(ILogger log, string fleet);

        [LoggerMessage(10, LogLevel.Information, "Client removed: fleet={Fleet}, ip={Ip}, hostname={Hostname}, by {Operator}")]
        public static partial void Removed(ILogger log, string fleet, IPAddress ip, string hostname, string @operator);

        [LoggerMessage(11, LogLevel.Information, "Client renamed: fleet={Fleet}, ip={Ip}, hostname={Hostname}, by {Operator}")]
        public static partial void Renamed(ILogger log, string fleet, IPAddress ip, string hostname, string @operator);

        [LoggerMessage(14, LogLevel.Information, "{Clients} of fleet {Fleet} {What} by {Operator}")]
        public static partial void ManyChanged(ILogger log, string clients, string fleet, string what, string @operator);

        [LoggerMessage(7, LogLevel.Information, "Client restored: fleet={Fleet}, ip={Ip}, hostname={Hostname}, by {Operator}")]
        public static partial void PutBack(ILogger log, string fleet, IPAddress ip, string hostname, string @operator);

        [LoggerMessage(8, LogLevel.Information, "Client pinned: fleet={Fleet}, ip={Ip}, hostname={Hostname}, by {Operator}")]
        public static partial void Pinned(ILogger log, string fleet, IPAddress ip, string hostname, string @operator);

        [LoggerMessage(9, LogLevel.Information, "Client unpinned: fleet={Fleet}, ip={Ip}, hostname={Hostname}, by {Operator}")]
        public static partial void Unpinned(ILogger log, string fleet, IPAddress ip, string hostname, string @operator);

        [LoggerMessage(10, LogLevel.Warning, "Client removed: fleet={Fleet}, ip={Ip}, hostname={Hostname}; it never had a handshake, and its key was registered in another fleet")]
        public static partial void LostItsKey(ILogger log, string fleet, IPAddress ip, string hostname);

        [LoggerMessage(15, LogLevel.Warning, "Several machines have one key: fleet={Fleet}, ip={Ip}, hostname={Hostname}, heard from {Endpoints}")]
        public static partial void Cloned(ILogger log, string fleet, IPAddress ip, string hostname, string endpoints);

        [LoggerMessage(16, LogLevel.Warning, "Hostname refused: fleet={Fleet}, ip={Ip}, hostname={Hostname}, which {Holder} has")]
        public static partial void NameRefused(ILogger log, string fleet, IPAddress ip, string hostname, IPAddress holder);

        [LoggerMessage(18, LogLevel.Information, "Roster of fleet {Fleet} changed by {Operator}: {What}")]
        public static partial void RosterChanged(ILogger log, string fleet, string what, string @operator);

        [LoggerMessage(17, LogLevel.Information, "Client may choose its name again: fleet={Fleet}, ip={Ip}, hostname={Hostname}, by {Operator}")]
        public static partial void NameReleased(ILogger log, string fleet, IPAddress ip, string hostname, string @operator);
    }
}
