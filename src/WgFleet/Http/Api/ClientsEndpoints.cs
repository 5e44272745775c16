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
internal static class ClientsEndpoints
{
    public static void MapClients(this ApiRoutes api)
    {
        api.Looks.MapGet("/fleets", Fleets).Says<FleetsResponse>("All fleets", "fleets");
        api.Looks.MapGet("/clients", Clients).Says<ClientsResponse>("Clients: found by q in name, address, key or source; sorted by registered, hostname, address, seen, handshake or traffic; page by page", "clients");
        api.Looks.MapGet("/clients/{client}", Client).Says<ClientInfo>("One client, by address, public key, name, name.fleet or full name", "clients");
        api.Acts.MapDelete("/clients/{client}", RemoveAsync).Says<ClientInfo>("Removes a client; its tunnel is dead when this is answered", "clients");
        api.Acts.MapPost("/clients/{client}/rename", RenameAsync).Takes<RenameRequest>().Says<ClientInfo>("Gives a client another name, exactly this one", "clients");
    }

    private static Answer Fleets([FromServices] Func<Snapshot> current, [FromServices] FleetHealth health, [FromServices] TimeProvider time)
    {
        var now = time.GetUtcNow();
        return Answer.Of(new FleetsResponse([.. current().Fleets.Select(f => FleetInfo.Of(f, health.Of(f.Config.Name), now))]), AdminJson.Default.FleetsResponse);
    }

    private static Answer Clients(
        [FromServices] Func<Snapshot> current, [FromServices] TimeProvider time,
        string? fleet, string? q, bool? online, string? sort, bool? descending, int? limit, string? cursor)
    {
        var (now, snapshot) = (time.GetUtcNow(), current());
        if (fleet is not null && snapshot.Fleet(fleet) is null)
            throw new RefusedException(Refusal.NotFound, $"there is no fleet '{fleet}'");

        if ((sort is null ? ClientSort.Registered : ClientSorts.Parse(sort)) is not { } by)
            throw new RefusedException(Refusal.Invalid, $"sort is one of {string.Join(", ", ClientSorts.Names)}");

        if (limit is < 1 or > ClientList.MaxPageSize)
            throw new RefusedException(Refusal.Invalid, $"limit is 1 to {ClientList.MaxPageSize}");

        var clients = snapshot.Fleets.Where(f => fleet is null || f.Config.Name == fleet).SelectMany(f => f.ById.Values);
        var found = ClientList.Find(clients, q, online, now);
        var (page, next) = ClientList.After(found, new(by, descending ?? false), cursor, limit ?? 100)
            ?? throw new RefusedException(Refusal.Invalid, "the cursor does not belong to this order; begin again without it");
        return Answer.Of(new ClientsResponse([.. page.Select(m => ClientInfo.Of(m, snapshot.Domain, now))], found.Count, next), AdminJson.Default.ClientsResponse);
    }

    private static Answer Client([FromServices] Func<Snapshot> current, [FromServices] TimeProvider time, string client, string? fleet)
    {
        var snapshot = current();
        return Answer.Of(ClientInfo.Of(ClientFinder.Find(snapshot, client, fleet), snapshot.Domain, time.GetUtcNow()), AdminJson.Default.ClientInfo);
    }

    private static async Task<Answer> RemoveAsync(
        HttpContext context, [FromServices] ClientRegistry registry, [FromServices] HookSet hooks, [FromServices] TimeProvider time,
        string client, string? fleet)
    {
        var snapshot = registry.Current;
        var member = ClientFinder.Find(snapshot, client, fleet);
        if (!await registry.RemoveClientAsync(member, context.Caller().Name))
            throw new RefusedException(Refusal.NotFound, "the client has just been removed");

        await SettleAsync(context, registry, hooks);
        return Answer.Of(ClientInfo.Of(member, snapshot.Domain, time.GetUtcNow()), AdminJson.Default.ClientInfo);
    }

    private static async Task<Answer> RenameAsync(
        HttpContext context, [FromServices] ClientRegistry registry, [FromServices] HookSet hooks, [FromServices] TimeProvider time,
        string client, string? fleet)
    {
        var (wish, refusal) = await ApiBody.ReadAsync(context, AdminJson.Default.RenameRequest);
        if (wish is null)
            return refusal!;

        if (wish.Hostname is not { } hostname || !Hostnames.IsValid(hostname))
            throw new RefusedException(Refusal.Invalid, "hostname is 1 to 63 of a-z, 0-9, _ and -");

        var member = ClientFinder.Find(registry.Current, client, fleet);
        var renamed = await registry.SetHostnameAsync(member, hostname, context.Caller().Name);
        await SettleAsync(context, registry, hooks);
        return Answer.Of(ClientInfo.Of(renamed, registry.Current.Domain, time.GetUtcNow()), AdminJson.Default.ClientInfo);
    }

    /// <summary>As for a ping: the files are right before the answer, and the answer says which event told of the change.</summary>
    public static async Task SettleAsync(HttpContext context, ClientRegistry registry, HookSet hooks)
    {
        context.Response.Headers["Wg-Fleet-Seq"] = registry.Current.Sequence.ToString(CultureInfo.InvariantCulture);
        await hooks.AwaitProjectionsAsync(context.RequestAborted);
    }
}

/// <summary>The name that a client shall have.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RenameRequest(string? Hostname);
