using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.DataProtection;
using WgFleet.Access;
using WgFleet.Fleets;
using WgFleet.Fleets.State;
using WgFleet.History;
using WgFleet.Hooks.Projections;
using WgFleet.Hosting;
using WgFleet.Http.Listening;
using WgFleet.Linux;
using WgFleet.Metrics;
using WgFleet.Queries.Troubles;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.WireGuard;

namespace WgFleet;

/// <content>What one configuration takes over from the one before.</content>
internal sealed partial class Server
{
    // A machine without IPv6 cannot listen on [::], which is a default.
    private static IReadOnlyList<IPEndPoint> Reachable(IReadOnlyList<IPEndPoint> listen) =>
        Socket.OSSupportsIPv6 ? listen : [.. listen.Where(e => e.AddressFamily == AddressFamily.InterNetwork)];

    /// <summary>The objects that survive a reload.</summary>
    private sealed record Kept(
        Action<ILoggingBuilder> Logging, ILoggerFactory Logs, ILogger Log, Signals Signals, ReloadRequests Reloads, ServiceManager Systemd,
            Listeners Listeners, Database Database, IWireGuard WireGuard, IInterfaces Interfaces, MetricsCollector Metrics, ActivityHistory ActivityHistory,
        FleetHealth Health, Dictionary<string, PeerSync> Links, ProgramRuns Runs, WrittenFileStore Written, WrittenContents Contents, ClockWatch Clock, CertificateReader Certificate, SessionStore Sessions, IDataProtectionProvider Keys)
    {
        /// <summary>The fleets' keys, which gateways share; null for a server that uses its database alone.</summary>
        public SharedKeys? FleetKeys { get; init; }
    }
}
