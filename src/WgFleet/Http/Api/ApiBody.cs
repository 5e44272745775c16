using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WgFleet.Http.Machines;

namespace WgFleet.Http.Api;

/// <summary>Reads what programs send: one JSON object of known members.</summary>
internal static class ApiBody
{
    /// <summary>What was sent, or how to answer that it was none of ours.</summary>
    public static async Task<(T? Body, Answer? Refusal)> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        // A form of another site cannot have this type, nor can it be sent unasked.
        if (!context.Request.HasJsonContentType())
            return (null, Problems.Of(StatusCodes.Status415UnsupportedMediaType, "send JSON, with content-type: application/json"));

        try
        {
            var body = await RequestBody.ReadAsync(context);
            return JsonSerializer.Deserialize(body.Span, type) is { } read ? (read, null) : (null, NotOurs("null is no object"));
        }
        catch (JsonException e)
        {
            return (null, NotOurs(e.Path is { Length: > 1 } path ? $"{path.TrimStart('$', '.')} is not what it should be" : "it is not a JSON object of the members that are allowed"));
        }
    }

    private static Answer NotOurs(string why) => Problems.Of(StatusCodes.Status400BadRequest, $"the body cannot be used: {why}");
}
