using System.Net.Mime;
using Microsoft.OpenApi;

namespace WgFleet.Http.Api.Document;

/// <summary>Describes answers and bodies that are files, of which the framework knows no schema.</summary>
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

    /// <summary>Describes a body that is CSV, whatever content type the sender gives it.</summary>
    public static RouteHandlerBuilder TakesCsv(this RouteHandlerBuilder route) => route.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType> { [MediaTypeNames.Text.Csv] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } } },
        };
        return Task.CompletedTask;
    });
}
