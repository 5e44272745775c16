using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using WgFleet.Access;

namespace WgFleet.Http.Api;

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
        });

        // ErrorHandling says what was wrong with a request.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        return services.AddOpenApi(Name, options => options.Describing(Audience.Programs).AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "wg-fleet",
                Version = "1",
                Description = "For operators. Errors are problems (RFC 9457). Over the network, send a token: Authorization: Bearer wgf_…",
            };

            // The same document for every Host.
            document.Servers = [new OpenApiServer { Url = "/" }];
            return Task.CompletedTask;
        }));
    }

    public static void MapApiDocument(this IEndpointRouteBuilder routes) => routes.MapOpenApi($"{ApiRoutes.Prefix}/openapi.json").Require(Audience.Programs, Permission.Read);

    private static OpenApiOptions Describing(this OpenApiOptions options, Audience audience)
    {
        options.ShouldInclude = endpoint => endpoint.ActionDescriptor.EndpointMetadata.OfType<AccessRule>().LastOrDefault()?.Audience == audience;
        return options;
    }
}
