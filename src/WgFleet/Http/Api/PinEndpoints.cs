using Microsoft.AspNetCore.Mvc;
using WgFleet.Fleets;
using WgFleet.Fleets.State;
using WgFleet.Http.Machines;
using WgFleet.Queries;

namespace WgFleet.Http.Api;

/// <summary>Pins clients, which are then never pruned, and unpins them.</summary>
internal static class PinEndpoints
{
    public static void MapPin(this ApiRoutes api)
    {
        api.Acts.MapPut("/clients/{client}/pin", (HttpContext context, [FromServices] ClientRegistry registry, [FromServices] TimeProvider time, string client, string? fleet) =>
            AnswerAsync(registry, time, client, fleet, m => registry.PinAsync(m.Fleet, m.Id, context.Caller().Name)))
            .Says<ClientInfo>("Keeps a client from being pruned, however long it is quiet", "clients");
        api.Acts.MapDelete("/clients/{client}/pin", (HttpContext context, [FromServices] ClientRegistry registry, [FromServices] TimeProvider time, string client, string? fleet) =>
            AnswerAsync(registry, time, client, fleet, m => registry.UnpinAsync(m.Fleet, m.Id, context.Caller().Name)))
            .Says<ClientInfo>("Ends that", "clients");
    }

    private static async Task<Answer> AnswerAsync(ClientRegistry registry, TimeProvider time, string client, string? fleet, Func<RegisteredClient, Task<RegisteredClient>> change)
    {
        var member = await change(ClientFinder.Find(registry.Current, client, fleet));
        return Answer.Of(ClientInfo.Of(member, registry.Current.Domain, time.GetUtcNow()), AdminJson.Default.ClientInfo);
    }
}
