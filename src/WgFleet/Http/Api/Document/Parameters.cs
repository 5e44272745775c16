using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace WgFleet.Http.Api.Document;

/// <summary>What each parameter says. A name means the same wherever it is used.</summary>
internal static class Parameters
{
    private static readonly Dictionary<string, string> Descriptions = new()
    {
        ["after"] = "The number of the last event that the caller has",
        ["all"] = "Also hooks that are no longer configured",
        ["client"] = "A client, by address, public key, name, name.fleet or full name",
        ["cursor"] = "The value of next in the answer before; absent for the first page",
        ["descending"] = "The last of the order first",
        ["dry"] = "Only say what would be done",
        ["fleet"] = "A fleet's name; where it is a filter, absent for all fleets",
        ["from"] = "The first event: its number or id, a time such as 2026-11-22T08:00:00Z, or a duration before now such as 2h-ago",
        ["hook"] = "A hook's name; where it is a filter, absent for all hooks",
        ["hostname"] = "The hostname of the client in the made-up event",
        ["last"] = "How many events",
        ["limit"] = "The most entries of a page",
        ["name"] = "The name of the hook or token",
        ["number"] = "The number of the held prune or reload",
        ["online"] = "true: only clients that are online; false: only those that are not",
        ["path"] = "The path of the database's file",
        ["pinned"] = "true: only clients that are pinned; false: only those that are not",
        ["port"] = "The port of the targets; absent for prometheus_port",
        ["q"] = "Text to find in name, address, key or source",
        ["reason"] = "Why, for other operators to read",
        ["seq"] = "The event's number; where it selects dead letters, absent for all of the hook",
        ["sort"] = "What the order is by; absent for the order of registration",
        ["state"] = "Only clients in this state: never is one that was never heard of in its tunnel",
        ["tag"] = "Only clients with this tag, as key=value",
        ["timeout"] = "How long to wait, in seconds",
        ["to"] = "The last event, as from; absent for the last that the hook has had",
        ["type"] = "A type of events",
        ["unnamed"] = "true: only clients without a name; false: only those with one",
        ["wait"] = "How long to wait for the first event, in seconds",
    };

    /// <summary>Describes the parameters of one operation.</summary>
    public static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
            parameter.Description = Descriptions[parameter.Name!];

        return Task.CompletedTask;
    }
}
