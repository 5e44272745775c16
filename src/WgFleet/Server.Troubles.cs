using WgFleet.Access.Approvals;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Linux;
using WgFleet.Queries.Troubles;

namespace WgFleet;

/// <content>What can be wrong, and which part of the server knows it.</content>
internal sealed partial class Server
{
    private static void AddTroubles(IServiceCollection services) => services.AddSingleton(provider =>
    {
        var (current, health) = (provider.GetRequiredService<Func<Snapshot>>(), provider.GetRequiredService<FleetHealth>());
        var (supervisor, hooks) = (provider.GetRequiredService<Supervisor>(), provider.GetRequiredService<HookSet>());
        var (config, reloads) = (provider.GetRequiredService<ServerConfig>(), provider.GetRequiredService<ReloadRequests>());
        var (clock, certificate) = (provider.GetRequiredService<ClockWatch>(), provider.GetRequiredService<CertificateReader>());
        var approvals = provider.GetRequiredService<ApprovalDesk>();
        var rollCalls = new RollCallTroubles(current);
        return new TroubleList(
        [
            _ => FleetTroubles.Of(current(), health),
            now => CloneTroubles.Of(current(), now),
            now => NameTroubles.Of(current(), now),
            rollCalls.Now,
            _ => ApprovalTroubles.Of(current(), approvals),
            now => OfflineTroubles.Of(current(), now),
            _ => HookTroubles.Of(hooks),
            _ => ServerTroubles.OfParts(supervisor),
            _ => config.PostgresFile is null ? ServerTroubles.OfDisk(config.Database, DiskSpace.FreeFor(config.Database)) : [],
            now => ServerTroubles.OfCertificate(certificate(), now),
            _ => ServerTroubles.OfReload(reloads),
            now => ServerTroubles.OfClock(clock, now),
        ],
        provider.GetRequiredService<TimeProvider>());
    });
}
