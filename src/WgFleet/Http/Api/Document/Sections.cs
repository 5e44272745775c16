using Microsoft.OpenApi;

namespace WgFleet.Http.Api.Document;

/// <summary>The sections of the document: what each is about.</summary>
internal static class Sections
{
    public const string Machines = "machines";

    private static readonly Dictionary<string, string> Descriptions = new()
    {
        ["troubles"] = "What is wrong now",
        ["fleets"] = "Fleets: their state, and freezing them",
        ["clients"] = "Clients, also those that were removed",
        ["events"] = "The event log",
        ["hooks"] = "Hooks, their deliveries and dead letters",
        ["tokens"] = "Admin tokens and enrollment tokens",
        ["prune"] = "Prunes that are held until an operator allows them",
        ["server"] = "The server itself",
        ["discovery"] = "Lists of clients for monitoring",
        [Machines] = "What machines ask. Errors have only a detail here, as those of the Python server",
    };

    /// <summary>Gives every section of the document its description.</summary>
    public static void Describe(OpenApiDocument document)
    {
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
            tag.Description = Descriptions[tag.Name!];
    }
}
