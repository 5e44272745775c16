using System.Globalization;
using WgFleet.Fleets;
using WgFleet.Hooks;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>What follows a change of clients: the answer waits until the files have the change, and has the number of its event.</summary>
internal static class AfterChange
{
    /// <summary>The number of the event about the change, or of a later event.</summary>
    private const string SequenceHeader = "Wg-Fleet-Seq";

    /// <summary>Makes a route wait, unless it has refused the request.</summary>
    public static RouteHandlerBuilder WaitsForFiles(this RouteHandlerBuilder route) => route.AddEndpointFilter(async (invocation, next) =>
    {
        var result = await next(invocation);
        await SettleAsync(invocation.HttpContext);
        return result;
    });

    /// <summary>Sets the header, and waits until every projection has followed or <c>await_timeout</c> is over.</summary>
    public static async Task SettleAsync(HttpContext context)
    {
        var services = context.RequestServices;
        context.Response.Headers[SequenceHeader] = services.GetRequiredService<ClientRegistry>().Current.Sequence.ToString(CultureInfo.InvariantCulture);
        await services.GetRequiredService<HookSet>().AwaitProjectionsAsync(context.RequestAborted);
    }
}
