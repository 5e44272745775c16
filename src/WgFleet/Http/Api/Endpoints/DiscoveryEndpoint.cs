using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Queries;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>
/// Service discovery for Prometheus over HTTP. A client that was pruned stays a target for prometheus_keep, so that up == 0 can alarm; a client
/// that an operator removed does not, nor one whose name or address is in use again.
/// </summary>
/// <remarks>The format: https://prometheus.io/docs/prometheus/latest/http_sd/</remarks>
internal static class DiscoveryEndpoint
{
    public static void MapDiscovery(this IEndpointRouteBuilder routes) => routes.MapGroup("").DescribesRefusals().RefusesUnknownParameters().Require(Audience.Programs, Permission.Read)
        .MapGet("/sd/prometheus", TargetsAsync).Produces<Target[]>()
        .Describe("discovery", "listPrometheusTargets", "Targets for Prometheus's http_sd_configs: the named clients of all fleets, or of one");

    private static async Task<FileContentHttpResult> TargetsAsync(
        HttpContext context, Caller caller, QueryLimits limits, Func<Snapshot> current, RecentlyPruned pruned, ServerConfig config, string? fleet, [Range(1, 65535)] int? port, CancellationToken cancellationToken)
    {
        var snapshot = current();
        var only = fleet is null ? null : ClientFinder.FindFleet(snapshot, fleet).Config.Name;

        if (port is < 1 or > 65535)
            throw new RefusedException(Refusal.Invalid, "port is 1 to 65535");

        using var place = limits.Enter(caller, context);
        var gone = await pruned.ReadAsync(snapshot, cancellationToken);
        Target[] targets =
        [
            .. snapshot.Fleets.SelectMany(f => f.ById.Values).Where(c => c.Hostname is not null)
                .Select(c => (c.Fleet, Hostname: c.Hostname!, c.Address))
                .Concat(gone.Select(c => (c.Fleet, Hostname: c.Hostname!, c.Address)))
                .Where(t => only is null || t.Fleet == only)
                .Select(t => Target.Of(t.Address, port ?? config.PrometheusPort, t.Hostname, t.Fleet)),
        ];

        var json = JsonSerializer.SerializeToUtf8Bytes(targets, AdminJson.Default.TargetArray);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(json))[..32]}\"");
        return TypedResults.Bytes(json, "application/json", entityTag: tag);
    }
}
