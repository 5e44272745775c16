using System.Text.Json;
using WgFleet.WireGuard;

namespace WgFleet.Http.Machines;

/// <summary>
/// Reads the body of a registration: <c>{"public_key": "base64"}</c> from a client that made its own key, and <c>facts</c> from a machine that says what it is. Any
/// other body is ignored, as by the Python server.
/// </summary>
internal static class RegisterBody
{
    /// <summary>The client's key, or null if the server is to make one, and what the machine says of itself, or null; or the refusal.</summary>
    /// <exception cref="BadHttpRequestException">The body is too large or ends early.</exception>
    public static async Task<(WireGuardKey? Key, IReadOnlyDictionary<string, string>? Facts, Answer? Refusal)> ReadAsync(HttpContext context)
    {
        var bytes = await RequestBody.ReadAsync(context);
        if (bytes.Length == 0)
            return default;

        try
        {
            using var json = JsonDocument.Parse(bytes);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                return default;

            var (key, notAKey) = KeyIn(json.RootElement);
            if (notAKey is not null || !json.RootElement.TryGetProperty("facts", out var said) || said.ValueKind == JsonValueKind.Null)
                return (key, null, notAKey);

            var (facts, refusal) = FactsBody.Read(said);
            return (key, facts, refusal);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    private static (WireGuardKey? Key, Answer? Refusal) KeyIn(JsonElement body)
    {
        if (!body.TryGetProperty("public_key", out var key) || key.ValueKind == JsonValueKind.Null)
            return default;

        return key.ValueKind == JsonValueKind.String && WireGuardKey.TryParse(key.GetString(), out var read) && read != default
            ? (read, null)
            : (null, NotAKey("should be a WireGuard public key: 44 characters of base64"));
    }

    /// <summary>The refusal of a key; <paramref name="why"/> follows "Input".</summary>
    public static Answer NotAKey(string why) => Answer.Json(
        StatusCodes.Status422UnprocessableEntity,
        $$$"""{"detail":[{"type":"value_error","loc":["body","public_key"],"msg":"Input {{{why}}}"}]}""");
}
