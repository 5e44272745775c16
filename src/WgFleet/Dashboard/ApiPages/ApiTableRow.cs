using Microsoft.OpenApi;

namespace WgFleet.Dashboard.ApiPages;

/// <summary>One request of the API as its page shows it.</summary>
/// <param name="Tag">Its subject, by which requests are grouped.</param>
/// <param name="Method">GET, POST or DELETE.</param>
/// <param name="Path">The path, with parameters in braces.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Parameters">The names of its parameters; optional ones end with a question mark.</param>
/// <param name="Body">The schema of its body.</param>
/// <param name="Response">The schema of its response.</param>
internal sealed record ApiTableRow(string Tag, string Method, string Path, string Summary, string Parameters, string Body, string Response)
{
    public static IReadOnlyList<ApiTableRow> Of(OpenApiDocument document) =>
    [
        .. from path in document.Paths
           from operation in path.Value.Operations ?? []
           let o = operation.Value
           select new ApiTableRow(
               o.Tags?.FirstOrDefault()?.Name ?? "",
               operation.Key.Method,
               path.Key,
               o.Summary ?? "",
               string.Join(", ", (o.Parameters ?? []).Select(p => p.Required ? p.Name : $"{p.Name}?")),
               SchemaName(o.RequestBody?.Content),
               SchemaName(o.Responses?.FirstOrDefault(r => r.Key.StartsWith('2')).Value?.Content)),
    ];

    private static string SchemaName(IDictionary<string, OpenApiMediaType>? content) => content?.Values.FirstOrDefault()?.Schema switch
    {
        OpenApiSchemaReference reference => reference.Reference.Id ?? "",
        { Items: OpenApiSchemaReference item } => $"list of {item.Reference.Id}",
        _ => "",
    };
}
