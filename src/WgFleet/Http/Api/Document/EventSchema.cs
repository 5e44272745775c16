using Microsoft.OpenApi;
using WgFleet.Events;

namespace WgFleet.Http.Api.Document;

/// <summary>The body of events as <see cref="EventEnvelope"/> writes it, and the stream of them.</summary>
internal static class EventSchema
{
    private const string SchemaName = "EventBody";
    private const string StreamType = "text/event-stream";

    /// <summary>Describes the event of a row of the log, and the answer that is a stream.</summary>
    public static void Describe(OpenApiDocument document)
    {
        document.AddComponent(SchemaName, Body());
        ((OpenApiSchema)document.Components!.Schemas!["EventInfo"]).Properties!["event"] = new OpenApiSchemaReference(SchemaName, document);

        document.Components.Schemas.Remove("JsonElement");

        var answer = document.Paths["/api/v1/events"].Operations![HttpMethod.Get].Responses!["200"];
        answer.Content![StreamType] = new OpenApiMediaType
        {
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description = $"Server-sent events that do not end: id is the event's number, event its type, data an {SchemaName}. Every 15 s a comment. "
                    + "Last-Event-ID or after says where to begin.",
            },
        };
    }

    // Not from a type: no type of the server has all of it. The test of the generated client holds real events to it.
    private static OpenApiSchema Body() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "An event: CloudEvents 1.0 in structured mode, with what Standard Webhooks recommends",
        Required = new SortedSet<string>(["specversion", "id", "source", "type", "time", "timestamp", "sequence", "datacontenttype", "data"], StringComparer.Ordinal),
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["specversion"] = Text("Always 1.0"),
            ["id"] = Text("Unique; ignore an event whose id you have seen"),
            ["source"] = Text("The server: //DOMAIN/wg-fleet"),
            ["type"] = Text("Such as client.added; later versions have more"),
            ["subject"] = Text("The client, as fleets/FLEET/clients/ADDRESS; absent for an event that is about none"),
            ["time"] = Time(),
            ["timestamp"] = Time(),
            ["sequence"] = Text("The event's number, with 20 digits"),
            ["replayed"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = "True if the event is delivered again" },
            ["datacontenttype"] = Text("Always application/json"),
            ["data"] = new OpenApiSchema { Type = JsonSchemaType.Object, Description = "What happened; docs/hooks.md shows it for each type", AdditionalProperties = new OpenApiSchema() },
        },
    };

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };

    private static OpenApiSchema Time() => new() { Type = JsonSchemaType.String, Format = "date-time", Pattern = "Z$" };
}
