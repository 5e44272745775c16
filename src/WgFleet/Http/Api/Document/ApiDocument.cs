using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using WgFleet.Access;

namespace WgFleet.Http.Api.Document;

/// <summary>The OpenAPI document of the operators' API; made from the routes, so that it cannot differ from them.</summary>
internal static class ApiDocument
{
    public const string Name = "v1";

    public static IServiceCollection AddApiDocument(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(http =>
        {
            // The same options as AdminJson, so that requests, answers and the document agree.
            var json = http.SerializerOptions;
            json.TypeInfoResolverChain.Insert(0, AdminJson.Default);
            json.PropertyNamingPolicy = AdminJson.Default.Options.PropertyNamingPolicy;
            json.DefaultIgnoreCondition = AdminJson.Default.Options.DefaultIgnoreCondition;
            json.PropertyNameCaseInsensitive = false;
            json.NumberHandling = JsonNumberHandling.Strict;
            json.Encoder = JavaScriptEncoder.Default;
            foreach (var converter in AdminJson.Default.Options.Converters)
                json.Converters.Add(converter);
        });

        // ErrorHandling says what was wrong with a request.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        return services.AddOpenApi(Name, options =>
        {
            options.ShouldInclude = endpoint => IsDescribed(endpoint.ActionDescriptor.EndpointMetadata);
            options.AddSchemaTransformer(Times.Describe).AddSchemaTransformer(Words.Describe).AddSchemaTransformer(MachineRoutes.DescribeLocation);
            options.AddOperationTransformer(Parameters.Describe).AddOperationTransformer(Permissions.Describe).AddDocumentTransformer(DescribeAsync);
        });
    }

    public static void MapApiDocument(this IEndpointRouteBuilder routes) => routes.MapOpenApi($"{ApiRoutes.Prefix}/openapi.json").Require(Audience.Programs, Permission.Read);

    /// <summary>Whether the document has the endpoint with this metadata.</summary>
    public static bool IsDescribed(IEnumerable<object> metadata) => metadata.Any(m => m is InDocument or AccessRule { Audience: Audience.Programs });

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "wg-fleet",
            Version = "1",
            Description = "For operators' programs, and what machines ask. Errors below /api are problems (RFC 9457). Times are RFC 3339 in UTC with Z, durations are in seconds. "
                + "Members without a value are absent. Over the network, send a token: Authorization: Bearer wgf_…",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
            Contact = new OpenApiContact { Name = "The wg-fleet authors" },
        };

        // The same document for every Host.
        document.Servers = [new OpenApiServer { Url = "/" }];
        Permissions.Declare(document);
        Presence.Describe(document);
        Refusals.Describe(document);
        Sections.Describe(document);
        EventSchema.Describe(document);
        return Task.CompletedTask;
    }
}
