using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using WgFleet.Hooks;

namespace WgFleet.Http.Api.Document;

/// <summary>Times as <see cref="UtcTime"/> writes them, whose type the framework does not know.</summary>
internal static class Times
{
    /// <summary>Describes a time.</summary>
    public static Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if (type == typeof(DateTimeOffset) || type == typeof(DateTimeOffset?))
        {
            schema.Type = type == typeof(DateTimeOffset) ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
            schema.Pattern = "Z$";
        }

        return Task.CompletedTask;
    }
}
