using Microsoft.OpenApi;

namespace WgFleet.Dashboard;

/// <summary>One request of the API as its page shows it; public, as Razor's pages are, which take it as a parameter.</summary>
/// <param name="Tag">What it is about.</param>
/// <param name="Method">GET, POST or DELETE.</param>
/// <param name="Path">The path, with parameters in braces.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Parameters">The names of its parameters.</param>
/// <param name="Body">The schema of its body.</param>
/// <param name="Answers">The schema of what it answers.</param>
public sealed record ApiTableRow(string Tag, string Method, string Path, string Summary, string Parameters, string Body, string Answers)
{
    internal static IReadOnlyList<ApiTableRow> Of(OpenApiDocument document) =>
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
               Named(o.RequestBody?.Content),
               Named(o.Responses?.FirstOrDefault(r => r.Key.StartsWith('2')).Value?.Content)),
    ];

    private static string Named(IDictionary<string, OpenApiMediaType>? content) => content?.Values.FirstOrDefault()?.Schema switch
    {
        OpenApiSchemaReference reference => reference.Reference.Id ?? "",
        { Items: OpenApiSchemaReference item } => $"list of {item.Reference.Id}",
        _ => "",
    };
}
