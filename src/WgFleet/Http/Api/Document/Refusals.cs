using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace WgFleet.Http.Api.Document;

/// <summary>The problems (RFC 9457) that routes may answer with: described once, and referred to by each route.</summary>
internal static class Refusals
{
    private const string ContentType = "application/problem+json";
    private const string SchemaName = "ProblemDetails";

    private static readonly Dictionary<int, string> Meanings = new()
    {
        [StatusCodes.Status400BadRequest] = "A parameter or the body is wrong or unknown; the detail names it",
        [StatusCodes.Status401Unauthorized] = "The request has no valid token",
        [StatusCodes.Status403Forbidden] = "The scope of the token does not allow it, or a page of another site sent the request",
        [StatusCodes.Status404NotFound] = "There is no such fleet, client, hook, dead letter, token or reload",
        [StatusCodes.Status409Conflict] = "The present state does not allow it",
        [StatusCodes.Status412PreconditionFailed] = "Somebody else has changed it meanwhile; get it again",
        [StatusCodes.Status503ServiceUnavailable] = "Try again later; the detail says when",
    };

    /// <summary>Replaces the problems of all operations by references, and says which members a problem has.</summary>
    public static void Describe(OpenApiDocument document)
    {
        var components = document.Components ??= new OpenApiComponents();
        components.Responses = new Dictionary<string, IOpenApiResponse>();
        foreach (var (status, meaning) in Meanings)
        {
            components.Responses[NameOf(status)] = new OpenApiResponse
            {
                Description = meaning,
                Content = new Dictionary<string, OpenApiMediaType> { [ContentType] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(SchemaName, document) } },
            };
        }

        foreach (var responses in document.Paths.Values.SelectMany(p => p.Operations!.Values).Select(o => o.Responses!))
        {
            foreach (var (status, response) in responses.ToList())
            {
                if (response.Content?.ContainsKey(ContentType) == true)
                    responses[status] = new OpenApiResponseReference(NameOf(int.Parse(status, CultureInfo.InvariantCulture)), document);
            }
        }

        Complete((OpenApiSchema)components.Schemas![SchemaName]);
    }

    private static void Complete(OpenApiSchema problem)
    {
        problem.Properties!.Remove("instance");
        problem.Required = new SortedSet<string>(problem.Properties.Keys, StringComparer.Ordinal);
        var status = (OpenApiSchema)problem.Properties["status"];
        (status.Minimum, status.Maximum) = ("400", "599");
    }

    private static string NameOf(int status) => ReasonPhrases.GetReasonPhrase(status).Replace(" ", "", StringComparison.Ordinal);
}
