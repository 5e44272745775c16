using Microsoft.OpenApi;

namespace WgFleet.Http.Api.Document;

/// <summary>Describes answers that are files, of which the framework knows no schema.</summary>
internal static class FileAnswers
{
    /// <param name="route">The endpoint.</param>
    /// <param name="contentType">The content type of the file.</param>
    public static RouteHandlerBuilder DescribeFile(this RouteHandlerBuilder route, string contentType) => route.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        (operation.Responses ??= [])["200"] = new OpenApiResponse
        {
            Description = "OK",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [contentType] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
            },
        };
        return Task.CompletedTask;
    });
}
