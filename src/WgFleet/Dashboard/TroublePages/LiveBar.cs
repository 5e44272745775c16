using WgFleet.Access;
using WgFleet.Dashboard.Live;
using WgFleet.Fleets.State;

namespace WgFleet.Dashboard.TroublePages;

/// <summary>An open page of which only the bar is live.</summary>
internal sealed class LiveBar : ILiveView
{
    /// <inheritdoc/>
    /// <remarks>Adds nothing: <see cref="LiveStream"/> sends the line in the bar to every page.</remarks>
    public bool AddChanges(Snapshot snapshot, DateTimeOffset now, LiveUpdate update) => true;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/troubles/live", (HttpContext context, LiveStream stream) => stream.RunAsync(context, new LiveBar())).ForFleetsOfCaller()
        .ExcludeFromDescription().Require(Audience.People, Permission.Read);
}
