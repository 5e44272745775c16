using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using WgFleet.Access;

namespace WgFleet.Http.Api;

/// <summary>The API described by OpenAPI: made from the routes, so that it says what is there.</summary>
internal static class ApiDocument
{
    public const string Name = "v1";

    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.AddSingleton<EventStreams>().AddSingleton<RecentlyPruned>();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, AdminJson.Default);
            json.SerializerOptions.PropertyNamingPolicy = AdminJson.Default.Options.PropertyNamingPolicy;
        });
        return services.AddOpenApi(Name, options => options.Describing(Audience.Programs).AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "wg-fleet",
                Version = "1",
                Description = "For operators. Errors are problems as RFC 9457 has them. Over the network show a token: Authorization: Bearer wgf_…",
            };

            // Wherever one asks: the document is the same for all.
            document.Servers = [new OpenApiServer { Url = "/" }];
            return Task.CompletedTask;
        }));
    }

    public static void MapApiDocument(this IEndpointRouteBuilder routes) => routes.MapOpenApi($"{ApiRoutes.Prefix}/openapi.json").For(Audience.Programs, Permission.Read);

    private static OpenApiOptions Describing(this OpenApiOptions options, Audience audience)
    {
        options.ShouldInclude = endpoint => endpoint.ActionDescriptor.EndpointMetadata.OfType<AccessRule>().LastOrDefault()?.Audience == audience;
        return options;
    }
}
