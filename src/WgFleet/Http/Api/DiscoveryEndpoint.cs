using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Http.Machines;
using WgFleet.Store;

namespace WgFleet.Http.Api;

/// <summary>
/// Service discovery for Prometheus without a file. A machine that went quiet stays a target for prometheus_keep after it was pruned, so
/// that up == 0 can alarm; one that an operator removed does not, nor one whose name has come back.
/// </summary>
/// <remarks>The format: https://prometheus.io/docs/prometheus/latest/http_sd/</remarks>
internal static class DiscoveryEndpoint
{
    public static void MapDiscovery(this IEndpointRouteBuilder routes) => routes.MapGet("/sd/prometheus", TargetsAsync).For(Audience.Programs, Permission.Read)
        .Says<IReadOnlyList<Target>>("Targets for Prometheus's http_sd_configs: the named clients of all fleets, or of one", "discovery");

    private static async Task<IResult> TargetsAsync(
        HttpContext context, [FromServices] Func<Snapshot> current, [FromServices] RecentlyPruned departed, [FromServices] ServerConfig config, string? fleet, int? port)
    {
        var snapshot = current();
        if (fleet is not null && snapshot.Fleet(fleet) is null)
            return Problems.Of(StatusCodes.Status404NotFound, $"there is no fleet '{fleet}'");

        if (port is < 1 or > 65535)
            return Problems.Of(StatusCodes.Status400BadRequest, "port is 1 to 65535");

        var gone = await departed.OfAsync(snapshot, context.RequestAborted);
        var targets = snapshot.Fleets.SelectMany(f => f.ById.Values).Where(m => m.Hostname is not null)
            .Select(m => (m.Fleet, Hostname: m.Hostname!, m.Address))
            .Concat(gone.Select(c => (c.Fleet, Hostname: c.Hostname!, c.Address)))
            .Where(t => fleet is null || t.Fleet == fleet)
            .Select(t => Target.Of(t.Address, port ?? config.PrometheusPort, t.Hostname, t.Fleet)).ToList();

        var json = JsonSerializer.SerializeToUtf8Bytes(targets, AdminJson.Default.IReadOnlyListTarget);
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(json))[..32]}\"";
        context.Response.Headers.ETag = tag;
        if (!Knows(context.Request.Headers.IfNoneMatch, tag))
            return new Answer(StatusCodes.Status200OK, json);

        context.Response.ContentLength = 0;
        return Results.StatusCode(StatusCodes.Status304NotModified);
    }

    private static bool Knows(StringValues known, string tag) =>
        EntityTagHeaderValue.TryParseList(known, out var tags) && tags.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Tag == tag);
}

/// <summary>One target of Prometheus.</summary>
internal sealed record Target(IReadOnlyList<string> Targets, IReadOnlyDictionary<string, string> Labels)
{
    public static Target Of(IPAddress address, int port, string hostname, string fleet) => new(
        [new IPEndPoint(address, port).ToString()],
        new Dictionary<string, string> { ["job"] = "node_exporter", ["hostname"] = hostname, ["fleet"] = fleet });
}

/// <summary>The named clients that went quiet a while ago. Looks into the log again only when something has happened.</summary>
internal sealed class RecentlyPruned(EventQueries archive, ServerConfig config, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private long _sequence = -1;
    private IReadOnlyList<ClientRemoved> _removed = [];

    public async Task<IReadOnlyList<Client>> OfAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - config.PrometheusKeep;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_sequence != snapshot.Sequence)
            {
                _removed = [.. (await archive.RemovedSinceAsync(since.UtcDateTime, cancellationToken)).Select(EventJson.FromRow).OfType<ClientRemoved>().Where(r => r is { Reason: "stale", Client.Hostname: not null })];
                _sequence = snapshot.Sequence;
            }

            var seen = new HashSet<(string, string)>();
            return [.. _removed.Where(r => r.Time > since && IsAway(snapshot, r.Client) && seen.Add((r.Client.Fleet, r.Client.Hostname!))).Select(r => r.Client)];
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static bool IsAway(Snapshot snapshot, Client client) =>
        snapshot.Fleet(client.Fleet) is { } fleet && !fleet.ByHostname.ContainsKey(client.Hostname!) && !fleet.ByAddress.ContainsKey(client.Address);
}
