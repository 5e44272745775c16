using System.Text;
using System.Text.Json;
using WgFleet.Store;

namespace WgFleet.Http.Machines;

/// <summary>Reads <c>facts</c> in the body of a registration: what a machine says of itself.</summary>
internal static class FactsBody
{
    /// <summary>The facts, or the refusal. Names that this version does not know are ignored: a newer join.sh may send them.</summary>
    public static (IReadOnlyDictionary<string, string>? Facts, Answer? Refusal) Read(JsonElement facts)
    {
        if (facts.ValueKind != JsonValueKind.Object)
            return (null, Refused("facts", "should be an object of texts"));

        if (Encoding.UTF8.GetByteCount(facts.GetRawText()) > Facts.MaxBytes)
            return (null, Refused("facts", $"should have at most {Facts.MaxBytes} bytes"));

        var values = new Dictionary<string, string>();
        foreach (var fact in facts.EnumerateObject().Where(f => Facts.Names.Contains(f.Name) && f.Value.ValueKind != JsonValueKind.Null))
        {
            if (TextOf(fact.Value) is not { } text)
                return (null, Refused($"""facts","{fact.Name}""", "should be a text"));

            if (Facts.Check(fact.Name, text, out var value) is { } wrong)
                return (null, Refused($"""facts","{fact.Name}""", wrong));

            values[fact.Name] = value;
        }

        return (Facts.Of(values), null);
    }

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair.
            return null;
        }
    }

    private static Answer Refused(string location, string why) => Answer.Json(
        StatusCodes.Status422UnprocessableEntity,
        $$$"""{"detail":[{"type":"value_error","loc":["body","{{{location}}}"],"msg":"Input {{{why}}}"}]}""");
}
