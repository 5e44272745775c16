using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using WgFleet.Access;
using WgFleet.Fleets;
using WgFleet.Fleets.Naming;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Queries;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>Clients: listed, shown, removed, renamed.</summary>
internal static class ClientsEndpoints
{
    private const string Section = "clients";
    private const int DefaultPageSize = 100;

    public static void MapClients(this ApiRoutes api)
    {
        api.Read.MapGet("/clients", Clients).ForFleetsOfCaller()
            .Describe(Section, "listClients", "Clients, page by page: found by q in name, full name, address, source, tags or facts, or by a key or its first 16 characters; sorted by registered, hostname, address, seen, handshake or traffic");
        api.Read.MapGet("/clients/{client}", Client).Describe(Section, "getClient", "One client, by address, public key, name, name.fleet or full name");
        api.Write.MapDelete("/clients/{client}", RemoveAsync).WaitsForFiles().Describe(Section, "removeClient", "Removes a client; its tunnel no longer works when the answer is sent");
        api.Write.MapPost("/clients/{client}/rename", RenameAsync).WaitsForFiles().Describe(Section, "renameClient", "Gives a client exactly this name, which it then keeps whatever it asks for");
        api.Write.MapDelete("/clients/{client}/hostname", ReleaseNameAsync).Describe(Section, "releaseClientName", "Lets a client that an operator has named have the name that it asks for again; it keeps its name until then");
    }

    private static Ok<ClientsResponse> Clients(
        Func<Snapshot> current, Caller caller, TimeProvider time, string? fleet, string? q, bool? online, string? state, bool? pinned, bool? unnamed, string? tag, string? sort, bool? descending,
        [Range(1, ClientList.MaxPageSize), DefaultValue(DefaultPageSize)] int? limit, string? cursor)
    {
        var (now, snapshot) = (time.GetUtcNow(), caller.Sees(current()));
        if ((sort is null ? ClientSort.Registered : ClientSorts.Parse(sort)) is not { } by)
            throw new RefusedException(Refusal.Invalid, $"sort is one of {string.Join(", ", ClientSorts.Names)}");

        if (limit is < 1 or > ClientList.MaxPageSize)
            throw new RefusedException(Refusal.Invalid, $"limit is 1 to {ClientList.MaxPageSize}");

        var clients = fleet is null ? snapshot.Fleets.SelectMany(f => f.ById.Values) : ClientFinder.FindFleet(snapshot, fleet).ById.Values;
        var filter = new ClientFilter { Search = q?.Trim() ?? "", State = StateOf(online, state), Pinned = pinned, Unnamed = unnamed, Tag = tag ?? "" };
        var found = ClientList.Find(clients, filter, snapshot.Domain, now);
        var (page, next) = ClientList.After(found, new(by, descending ?? false), cursor, limit ?? DefaultPageSize)
            ?? throw new RefusedException(Refusal.Invalid, "the cursor does not belong to this order; begin again without it");
        return TypedResults.Ok(new ClientsResponse([.. page.Select(c => ClientInfo.Of(c, snapshot.Domain, now))], found.Count, next));
    }

    private static ClientState? StateOf(bool? online, string? state) => (online, state) switch
    {
        (null, null) => null,
        ({ } isOnline, null) => isOnline ? ClientState.Online : ClientState.Offline,
        (null, _) => ClientStates.Parse(state) ?? throw new RefusedException(Refusal.Invalid, $"state is one of {string.Join(", ", ClientStates.Names)}"),
        _ => throw new RefusedException(Refusal.Invalid, "use either online or state"),
    };

    private static Ok<ClientInfo> Client([AsParameters] NamedClient named, TimeProvider time) => Shown(named, named.Find(), time);

    private static async Task<Ok<ClientInfo>> RemoveAsync([AsParameters] NamedClient named, Caller caller, TimeProvider time)
    {
        var client = named.Find();
        return await named.Registry.RemoveClientAsync(client, caller.Operator)
            ? Shown(named, client, time)
            : throw new RefusedException(Refusal.NotFound, "the client has just been removed");
    }

    private static async Task<Ok<ClientInfo>> RenameAsync([AsParameters] NamedClient named, RenameRequest body, Caller caller, TimeProvider time)
    {
        if (body.Hostname is not { } hostname || !Hostnames.IsValid(hostname))
            throw new RefusedException(Refusal.Invalid, "hostname is 1 to 63 of a-z, 0-9, _ and -");

        return Shown(named, await named.Registry.SetHostnameAsync(named.Find(), hostname, caller.Operator), time);
    }

    private static async Task<Ok<ClientInfo>> ReleaseNameAsync([AsParameters] NamedClient named, Caller caller, TimeProvider time) =>
        Shown(named, await named.Registry.ReleaseNameAsync(named.Find(), caller.Operator), time);

    private static Ok<ClientInfo> Shown(NamedClient named, RegisteredClient client, TimeProvider time) =>
        TypedResults.Ok(ClientInfo.Of(client, named.Registry.Current.Domain, time.GetUtcNow()));
}
