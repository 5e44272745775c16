using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using WgFleet.Access;
using WgFleet.Dashboard.Site;
using WgFleet.Http.Api.Document;

namespace WgFleet.Dashboard.ApiPages;

/// <summary>The page /docs: the operators' API for people to read.</summary>
internal static class ApiPageEndpoint
{
    public static void MapApiPage(this IEndpointRouteBuilder routes) => routes.MapGet("/docs", ShowAsync).ExcludeFromDescription().Require(Audience.People, Permission.Read);

    private static async Task<PageResult> ShowAsync(
        [FromKeyedServices(ApiDocument.Name)] IOpenApiDocumentProvider documents, [FromServices] TimeProvider time, CancellationToken cancellationToken)
    {
        var document = await documents.GetOpenApiDocumentAsync(cancellationToken);
        return new PageResult(new ApiPage { Description = document.Info.Description ?? "", Rows = ApiTableRow.Of(document) }, time.GetUtcNow());
    }
}
