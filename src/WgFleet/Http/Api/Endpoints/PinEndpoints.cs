using Microsoft.AspNetCore.Http.HttpResults;
using WgFleet.Access;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>Pins clients, which are then never pruned, and unpins them.</summary>
internal static class PinEndpoints
{
    private const string Section = "clients";

    public static void MapPins(this ApiRoutes api)
    {
        api.Write.MapPut("/clients/{client}/pin", PinAsync).Describe(Section, "pinClient", "Pins a client: it is never pruned, however long it is silent");
        api.Write.MapDelete("/clients/{client}/pin", UnpinAsync).Describe(Section, "unpinClient", "Unpins a client: it can be pruned again");
    }

    private static async Task<Ok<ClientInfo>> PinAsync([AsParameters] NamedClient named, Caller caller, TimeProvider time)
    {
        var client = named.Find();
        var pinned = await named.Registry.PinAsync(client.Fleet, client.Id, caller.Operator);
        return TypedResults.Ok(ClientInfo.Of(pinned, named.Registry.Current.Domain, time.GetUtcNow()));
    }

    private static async Task<Ok<ClientInfo>> UnpinAsync([AsParameters] NamedClient named, Caller caller, TimeProvider time)
    {
        var client = named.Find();
        var unpinned = await named.Registry.UnpinAsync(client.Fleet, client.Id, caller.Operator);
        return TypedResults.Ok(ClientInfo.Of(unpinned, named.Registry.Current.Domain, time.GetUtcNow()));
    }
}
