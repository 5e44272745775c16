using System.Net.Mime;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Config.Rosters;
using WgFleet.Config.Yaml;
using WgFleet.Fleets.Commands;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Http.Api.Document;
using WgFleet.Http.Api.Rosters;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>The roster of a fleet: the machines that are expected in it.</summary>
internal static class RosterEndpoints
{
    private const string Section = "fleets";
    private const int MaxBytes = RosterFile.MostMebibytes << 20;

    public static void MapRosters(this ApiRoutes api)
    {
        api.Read.MapGet("/fleets/{fleet}/roster", Get).ForFleet("fleet").DescribeFile(MediaTypeNames.Text.Csv)
            .Describe(Section, "getRoster", "The roster of a fleet as CSV, with an ETag; 404 if it has none");
        api.Write.MapPut("/fleets/{fleet}/roster", SetAsync).ForFleet("fleet").WithMetadata(new TakesFile(MaxBytes)).TakesCsv().ProducesProblem(StatusCodes.Status412PreconditionFailed).WaitsForFiles()
            .Describe(Section, "setRoster", "Replaces the roster of a fleet with roster: api by the CSV of the body, all of it or nothing; with If-Match only the one with this ETag");
        api.Write.MapDelete("/fleets/{fleet}/roster", ClearAsync).ForFleet("fleet").ProducesProblem(StatusCodes.Status412PreconditionFailed).WaitsForFiles()
            .Describe(Section, "clearRoster", "Deletes the roster of a fleet with roster: api; with If-Match only the one with this ETag");
    }

    private static FileContentHttpResult Get([AsParameters] NamedFleet named)
    {
        var fleet = named.Find().Config;
        var roster = fleet.Roster ?? throw new RefusedException(Refusal.NotFound, $"fleet {fleet.Name} has no roster");
        return TypedResults.Bytes(Encoding.UTF8.GetBytes(roster.Text), "text/csv; charset=utf-8", entityTag: new($"\"{roster.Tag}\""));
    }

    private static async Task<Ok<RosterResponse>> SetAsync([AsParameters] NamedFleet named, HttpContext context, Caller caller, bool? dry)
    {
        var fleet = named.Find();
        var mayReplace = MayReplace(context.Request);

        // Before the body is read: whoever may not replace it need not send it.
        SetRosterCommand.Check(fleet.Config, fleet.Config.Roster, mayReplace);
        var findings = new Diagnostics("roster");
        var roster = RosterFile.Read("roster", await RequestBody.ReadAsync(context, MaxBytes), findings)
            ?? throw new RefusedException(Refusal.Invalid, string.Join("; ", findings.Errors));
        return dry == true
            ? TypedResults.Ok(RosterResponse.Of(fleet.Config.Name, changed: false, fleet.Config.Roster, RosterDifference.Between(fleet.Config.Roster, roster)))
            : await ChangeAsync(named, fleet, roster, mayReplace, caller);
    }

    private static Task<Ok<RosterResponse>> ClearAsync([AsParameters] NamedFleet named, HttpContext context, Caller caller) =>
        ChangeAsync(named, named.Find(), null, MayReplace(context.Request), caller);

    private static async Task<Ok<RosterResponse>> ChangeAsync(NamedFleet named, FleetSnapshot fleet, Roster? roster, Func<string?, bool> mayReplace, Caller caller)
    {
        var change = await named.Registry.SetRosterAsync(fleet.Config.Name, roster, mayReplace, caller.Operator);
        return TypedResults.Ok(RosterResponse.Of(fleet.Config.Name, change.Changed, change.Now, change.Difference));
    }

    /// <summary>Whether a request may replace the roster with a tag, by its If-Match and If-None-Match; null is no roster.</summary>
    /// <exception cref="RefusedException">One of them cannot be read.</exception>
    private static Func<string?, bool> MayReplace(HttpRequest request)
    {
        var (match, noneMatch) = (Tags(request.Headers.IfMatch, "If-Match"), Tags(request.Headers.IfNoneMatch, "If-None-Match"));
        return tag => (match is null || Has(match, tag)) && (noneMatch is null || !Has(noneMatch, tag));

        static bool Has(IList<EntityTagHeaderValue> tags, string? tag) =>
            tag is not null && tags.Any(t => t.Equals(EntityTagHeaderValue.Any) || (!t.IsWeak && t.Tag == $"\"{tag}\""));
    }

    private static IList<EntityTagHeaderValue>? Tags(Microsoft.Extensions.Primitives.StringValues header, string name) =>
        header.Count == 0 ? null
        : EntityTagHeaderValue.TryParseStrictList([.. header.OfType<string>()], out var tags) ? tags
        : throw new RefusedException(Refusal.Invalid, $"{name} is not an ETag: use the one of the answer to GET, with its quotes");
}
