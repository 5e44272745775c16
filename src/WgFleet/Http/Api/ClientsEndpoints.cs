using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using WgFleet.Hooks;
using WgFleet.Registry;

namespace WgFleet.Http.Api;

/// <summary>Fleets and their clients: looked at, removed, renamed.</summary>
internal static partial class ClientsEndpoints
{
    private const string Category = "WgFleet.Http.Api";

    public static void MapClients(this ApiRoutes api)
    {
        api.Looks.MapGet("/fleets", Fleets).Says<FleetsAnswer>("All fleets", "fleets");
        api.Looks.MapGet("/clients", Clients).Says<ClientsAnswer>("Clients: found by q in name, address, key or source; sorted by registered, hostname, address, seen, handshake or traffic; page by page", "clients");
        api.Looks.MapGet("/clients/{client}", Client).Says<ClientFacts>("One client, by address, public key, name, name.fleet or full name", "clients");
        api.Acts.MapDelete("/clients/{client}", RemoveAsync).Says<ClientFacts>("Removes a client; its tunnel is dead when this is answered", "clients");
        api.Acts.MapPost("/clients/{client}/rename", RenameAsync).Takes<RenameWish>().Says<ClientFacts>("Gives a client another name, exactly this one", "clients");
    }

    private static Answer Fleets([FromServices] Func<Snapshot> current, [FromServices] TimeProvider time)
    {
        var now = time.GetUtcNow();
        return Answer.Of(new FleetsAnswer([.. current().Fleets.Select(f => FleetFacts.Of(f, now))]), AdminJson.Default.FleetsAnswer);
    }

    private static Answer Clients(
        [FromServices] Func<Snapshot> current, [FromServices] TimeProvider time,
        string? fleet, string? q, bool? online, string? sort, bool? descending, int? limit, string? cursor)
    {
        var (now, snapshot) = (time.GetUtcNow(), current());
        if (fleet is not null && snapshot.Fleet(fleet) is null)
            throw new ApiException(StatusCodes.Status404NotFound, $"there is no fleet '{fleet}'");

        if (sort is not null && !ClientPage.Sorts.ContainsKey(sort))
            throw new ApiException(StatusCodes.Status400BadRequest, $"sort is one of {string.Join(", ", ClientPage.Sorts.Keys)}");

        if (limit is < 1 or > ClientPage.Most)
            throw new ApiException(StatusCodes.Status400BadRequest, $"limit is 1 to {ClientPage.Most}");

        var members = snapshot.Fleets.Where(f => fleet is null || f.Config.Name == fleet).SelectMany(f => f.ById.Values);
        if (!string.IsNullOrWhiteSpace(q))
            members = members.Where(new ClientSearch(q.Trim()).Finds);
        if (online is { } wanted)
            members = members.Where(m => m.Activity.IsOnline(now) == wanted);

        var all = members.ToList();
        var (page, next) = new ClientPage(sort ?? "registered", descending ?? false, limit ?? 100).Of(all, cursor)
            ?? throw new ApiException(StatusCodes.Status400BadRequest, "the cursor is none of this order; begin again without it");
        return Answer.Of(new ClientsAnswer([.. page.Select(m => ClientFacts.Of(m, snapshot.Domain, now))], all.Count, next), AdminJson.Default.ClientsAnswer);
    }

    private static Answer Client([FromServices] Func<Snapshot> current, [FromServices] TimeProvider time, string client, string? fleet)
    {
        var snapshot = current();
        return Answer.Of(ClientFacts.Of(ClientFinder.Find(snapshot, client, fleet), snapshot.Domain, time.GetUtcNow()), AdminJson.Default.ClientFacts);
    }

    private static async Task<Answer> RemoveAsync(
        HttpContext context, [FromServices] ClientRegistry registry, [FromServices] HookEngine hooks, [FromServices] TimeProvider time, [FromServices] ILoggerFactory logs,
        string client, string? fleet)
    {
        var snapshot = registry.Current;
        var member = ClientFinder.Find(snapshot, client, fleet);
        if (await registry.RemoveAsync(member.Fleet, [member.Id], _ => true, "removed", context.Caller().Name) == 0)
            throw new ApiException(StatusCodes.Status404NotFound, "the client has just been removed");

        Log.Removed(logs.CreateLogger(Category), member.Fleet, member.Address.ToString(), member.Hostname, context.Caller().Name);
        await SettleAsync(context, registry, hooks);
        return Answer.Of(ClientFacts.Of(member, snapshot.Domain, time.GetUtcNow()), AdminJson.Default.ClientFacts);
    }

    private static async Task<Answer> RenameAsync(
        HttpContext context, [FromServices] ClientRegistry registry, [FromServices] HookEngine hooks, [FromServices] TimeProvider time, [FromServices] ILoggerFactory logs,
        string client, string? fleet)
    {
        var (wish, refusal) = await ApiBody.ReadAsync(context, AdminJson.Default.RenameWish);
        if (wish is null)
            return refusal!;

        if (wish.Hostname is not { } hostname || !Hostnames.IsValid(hostname))
            throw new ApiException(StatusCodes.Status400BadRequest, "hostname is 1 to 63 of a-z, 0-9, _ and -");

        var member = ClientFinder.Find(registry.Current, client, fleet);
        try
        {
            var renamed = await registry.AssignAsync(member.Fleet, member.Id, hostname);
            Log.Renamed(logs.CreateLogger(Category), member.Fleet, member.Address.ToString(), hostname, context.Caller().Name);
            await SettleAsync(context, registry, hooks);
            return Answer.Of(ClientFacts.Of(renamed, registry.Current.Domain, time.GetUtcNow()), AdminJson.Default.ClientFacts);
        }
        catch (RefusedException e)
        {
            throw new ApiException(e.Reason == Refusal.NameTaken ? StatusCodes.Status409Conflict : StatusCodes.Status404NotFound, e.Message);
        }
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
internal sealed record RenameWish(string? Hostname);
