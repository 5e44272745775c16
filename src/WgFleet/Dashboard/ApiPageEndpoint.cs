using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using WgFleet.Access;
using WgFleet.Http.Api;

namespace WgFleet.Dashboard;

/// <summary>The API's page, /docs.</summary>
internal static class ApiPageEndpoint
{
    public static void MapApiPage(this IEndpointRouteBuilder routes) => routes.MapGet("/docs", PageAsync).ExcludeFromDescription().For(Audience.People, Permission.Read);

    // Not Html<ApiPage>: what generates the request's code does not see what Razor generates.
    private static async Task<IResult> PageAsync(
        [FromKeyedServices(ApiDocument.Name)] IOpenApiDocumentProvider documents, [FromServices] TimeProvider time, CancellationToken cancellationToken)
    {
        var document = await documents.GetOpenApiDocumentAsync(cancellationToken);
        return new Html<ApiPage>(new()
        {
            [nameof(ApiPage.Description)] = document.Info.Description ?? "",
            [nameof(ApiPage.Lines)] = ApiTableRow.Of(document),
            [nameof(ApiPage.Now)] = time.GetUtcNow(),
        });
    }
}
