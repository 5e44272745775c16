using Microsoft.AspNetCore.Mvc;
using WgFleet.Registry;

namespace WgFleet.Http.Api;

/// <summary>Pins clients, which are then never pruned, and unpins them.</summary>
internal static class PinEndpoints
{
    public static void MapPin(this ApiRoutes api)
    {
        api.Acts.MapPut("/clients/{client}/pin", (HttpContext context, [FromServices] ClientRegistry registry, [FromServices] TimeProvider time, string client, string? fleet) =>
            AnswerAsync(registry, time, client, fleet, m => registry.PinAsync(m.Fleet, m.Id, context.Caller().Name)))
            .Says<ClientFacts>("Keeps a client from being pruned, however long it is quiet", "clients");
        api.Acts.MapDelete("/clients/{client}/pin", (HttpContext context, [FromServices] ClientRegistry registry, [FromServices] TimeProvider time, string client, string? fleet) =>
            AnswerAsync(registry, time, client, fleet, m => registry.UnpinAsync(m.Fleet, m.Id, context.Caller().Name)))
            .Says<ClientFacts>("Ends that", "clients");
    }

    private static async Task<Answer> AnswerAsync(ClientRegistry registry, TimeProvider time, string client, string? fleet, Func<Member, Task<Member>> change)
    {
        try
        {
            var member = await change(ClientFinder.Find(registry.Current, client, fleet));
            return Answer.Of(ClientFacts.Of(member, registry.Current.Domain, time.GetUtcNow()), AdminJson.Default.ClientFacts);
        }
        catch (RefusedException e)
        {
            return Problems.Of(StatusCodes.Status404NotFound, e.Message);
        }
    }
}
