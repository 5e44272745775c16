using Microsoft.AspNetCore.Mvc;
using WgFleet.Hosting;
using WgFleet.Http.Machines;

namespace WgFleet.Http.Api;

/// <summary>Has the server read its configuration again. Two requests, since the first one's connection may end with the reload.</summary>
internal static class ReloadEndpoints
{
    public static void MapReload(this ApiRoutes api)
    {
        api.Acts.MapPost("/reload", ([FromServices] ReloadRequests requests) =>
            Answer.Of(new ReloadResponse(requests.Ask(), ReloadResponse.Running, [], []), AdminJson.Default.ReloadResponse))
            .Says<ReloadResponse>("Has the server read its configuration again; the number finds the outcome", "server");
        api.Acts.MapGet("/reload/{number}", ([FromServices] ReloadRequests requests, long number) =>
            requests.TryFind(number, out var outcome)
                ? Answer.Of(ReloadResponse.Of(number, outcome), AdminJson.Default.ReloadResponse)
                : Problems.Of(StatusCodes.Status404NotFound, "this server knows no such reload; it has been started anew, or it was long ago"))
            .Says<ReloadResponse>("What came of that: running, done or refused, with all that is wrong with the file", "server");
    }
}

/// <summary>A reload.</summary>
/// <param name="Number">By which it is found.</param>
/// <param name="State"><c>running</c>, <c>done</c> or <c>refused</c>.</param>
/// <param name="Errors">Why the configuration was refused, each for people to read.</param>
/// <param name="Warnings">What people should know of it.</param>
internal sealed record ReloadResponse(long Number, string State, IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings)
{
    public const string Running = "running";
    public const string Done = "done";
    public const string Refused = "refused";

    public static ReloadResponse Of(long number, ReloadOutcome? outcome) => outcome is null
        ? new(number, Running, [], [])
        : new(number, outcome.Errors.Count == 0 ? Done : Refused, outcome.Errors, outcome.Warnings);
}
