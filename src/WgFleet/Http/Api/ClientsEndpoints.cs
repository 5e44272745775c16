using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using WgFleet.Fleets;
using WgFleet.Fleets.Commands;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Http.Machines;
using WgFleet.Queries;

namespace WgFleet.Http.Api;

/// <summary>Fleets and their clients: looked at, removed, renamed.</summary>
internal static partial class ClientsEndpoints
{
    private const string Category = "WgFleet.Http.Api";

    public static void MapClients(this ApiRoutes api)
    {
        api.Looks.MapGet("/fleets", Fleets).Says<FleetsResponse>("All fleets", "fleets");
        api.Looks.MapGet("/clients", Clients).Says<ClientsResponse>("Clients: found by q in name, address, key or source; sorted by registered, hostname, address, seen, handshake or traffic; page by page", "clients");
        api.Looks.MapGet("/clients/{client}", Client).Says<ClientInfo>("One client, by address, public key, name, name.fleet or full name", "clients");
        api.Acts.MapDelete("/clients/{client}", RemoveAsync).Says<ClientInfo>("Removes a client; its tunnel is dead when this is answered", "clients");
        api.Acts.MapPost("/clients/{client}/rename", RenameAsync).Takes<RenameRequest>().Says<ClientInfo>("Gives a client another name, exactly this one", "clients");
    }

    private static Answer Fleets([FromServices] Func<Snapshot> current, [FromServices] TimeProvider time)
    {
        var now = time.GetUtcNow();
        return Answer.Of(new FleetsResponse([.. current().Fleets.Select(f => FleetInfo.Of(f, now))]), AdminJson.Default.FleetsResponse);
    }

    private static Answer Clients(
        [FromServices] Func<Snapshot> current, [FromServices] TimeProvider time,
        string? fleet, string? q, bool? online, string? sort, bool? descending, int? limit, string? cursor)
    {
        var (now, snapshot) = (time.GetUtcNow(), current());
        if (fleet is not null && snapshot.Fleet(fleet) is null)
            throw new RefusedException(Refusal.NotFound, $"there is no fleet '{fleet}'");

        if (sort is not null && !ClientList.Sorts.ContainsKey(sort))
            throw new RefusedException(Refusal.Invalid, $"sort is one of {string.Join(", ", ClientList.Sorts.Keys)}");

        if (limit is < 1 or > ClientList.Most)
            throw new RefusedException(Refusal.Invalid, $"limit is 1 to {ClientList.Most}");

        var members = snapshot.Fleets.Where(f => fleet is null || f.Config.Name == fleet).SelectMany(f => f.ById.Values);
        if (!string.IsNullOrWhiteSpace(q))
            members = members.Where(new ClientSearch(q.Trim()).Finds);
        if (online is { } wanted)
            members = members.Where(m => m.Liveness.IsOnline(now) == wanted);

        var all = members.ToList();
        var (page, next) = new ClientList(sort ?? "registered", descending ?? false, limit ?? 100).Of(all, cursor)
            ?? throw new RefusedException(Refusal.Invalid, "the cursor is none of this order; begin again without it");
        return Answer.Of(new ClientsResponse([.. page.Select(m => ClientInfo.Of(m, snapshot.Domain, now))], all.Count, next), AdminJson.Default.ClientsResponse);
    }

    private static Answer Client([FromServices] Func<Snapshot> current, [FromServices] TimeProvider time, string client, string? fleet)
    {
        var snapshot = current();
        return Answer.Of(ClientInfo.Of(ClientFinder.Find(snapshot, client, fleet), snapshot.Domain, time.GetUtcNow()), AdminJson.Default.ClientInfo);
    }

    private static async Task<Answer> RemoveAsync(
        HttpContext context, [FromServices] ClientRegistry registry, [FromServices] HookEngine hooks, [FromServices] TimeProvider time, [FromServices] ILoggerFactory logs,
        string client, string? fleet)
    {
        var snapshot = registry.Current;
        var member = ClientFinder.Find(snapshot, client, fleet);
        if (await registry.RemoveAsync(member.Fleet, [member.Id], _ => true, "removed", context.Caller().Name) == 0)
            throw new RefusedException(Refusal.NotFound, "the client has just been removed");

        Log.Removed(logs.CreateLogger(Category), member.Fleet, member.Address.ToString(), member.Hostname, context.Caller().Name);
        await SettleAsync(context, registry, hooks);
        return Answer.Of(ClientInfo.Of(member, snapshot.Domain, time.GetUtcNow()), AdminJson.Default.ClientInfo);
    }

    private static async Task<Answer> RenameAsync(
        HttpContext context, [FromServices] ClientRegistry registry, [FromServices] HookEngine hooks, [FromServices] TimeProvider time, [FromServices] ILoggerFactory logs,
        string client, string? fleet)
    {
        var (wish, refusal) = await ApiBody.ReadAsync(context, AdminJson.Default.RenameRequest);
        if (wish is null)
            return refusal!;

        if (wish.Hostname is not { } hostname || !Hostnames.IsValid(hostname))
            throw new RefusedException(Refusal.Invalid, "hostname is 1 to 63 of a-z, 0-9, _ and -");

        var member = ClientFinder.Find(registry.Current, client, fleet);
        var renamed = await registry.AssignAsync(member.Fleet, member.Id, hostname);
        Log.Renamed(logs.CreateLogger(Category), member.Fleet, member.Address.ToString(), hostname, context.Caller().Name);
        await SettleAsync(context, registry, hooks);
        return Answer.Of(ClientInfo.Of(renamed, registry.Current.Domain, time.GetUtcNow()), AdminJson.Default.ClientInfo);
    }

    /// <summary>As for a ping: the files are right before the answer, and the answer says which event told of the change.</summary>
    public static async Task SettleAsync(HttpContext context, ClientRegistry registry, HookEngine hooks)
    {
        context.Response.Headers["Wg-Fleet-Seq"] = registry.Current.Sequence.ToString(CultureInfo.InvariantCulture);
        await hooks.AwaitProjectionsAsync(context.RequestAborted);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Client removed: fleet={Fleet}, ip={Ip}, hostname={Hostname}, by {Operator}")]
        public static partial void Removed(ILogger log, string fleet, string ip, string? hostname, string @operator);

        [LoggerMessage(2, LogLevel.Information, "Client renamed: fleet={Fleet}, ip={Ip}, hostname={Hostname}, by {Operator}")]
        public static partial void Renamed(ILogger log, string fleet, string ip, string hostname, string @operator);
    }
}

/// <summary>The name that a client shall have.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RenameRequest(string? Hostname);
