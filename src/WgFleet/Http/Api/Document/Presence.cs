using Microsoft.OpenApi;

namespace WgFleet.Http.Api.Document;

/// <summary>
/// Says which members are always there. The API never writes null: a member without a value is absent. The framework's document calls such a member
/// nullable, and required where the constructor has it, which generated clients would check.
/// </summary>
internal static class Presence
{
    /// <summary>Describes the members of all schemas.</summary>
    public static void Describe(OpenApiDocument document)
    {
        foreach (var (name, schema) in document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (schema is OpenApiSchema { Properties: { } members } whole)
                Describe(whole, members, isRequest: name.EndsWith("Request", StringComparison.Ordinal));
        }
    }

    private static void Describe(OpenApiSchema schema, IDictionary<string, IOpenApiSchema> members, bool isRequest)
    {
        var optional = members.Where(m => IsNullable(m.Value)).Select(m => m.Key).ToList();
        foreach (var name in optional)
            members[name] = WithoutNull(members[name]);

        // A request says which members it needs by the parameters of its record's constructor.
        if (!isRequest)
            schema.Required = new SortedSet<string>(members.Keys.Except(optional), StringComparer.Ordinal);
    }

    private static bool IsNullable(IOpenApiSchema member) =>
        member.Type?.HasFlag(JsonSchemaType.Null) == true || member.OneOf?.Any(IsNull) == true;

    private static bool IsNull(IOpenApiSchema member) => member.Type == JsonSchemaType.Null;

    private static IOpenApiSchema WithoutNull(IOpenApiSchema member)
    {
        if (member.OneOf?.FirstOrDefault(o => !IsNull(o)) is { } only)
            return only;

        ((OpenApiSchema)member).Type &= ~JsonSchemaType.Null;
        return member;
    }
}
