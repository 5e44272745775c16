using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace WgFleet.Http.Machines;

/// <summary>Reads the body of a ping: <c>{"hostname": "name"}</c>, where the name may be missing or null.</summary>
internal static class PingBody
{
    private const int MaxDepth = 512;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The name that is asked for, null if none is; or the refusal.</summary>
    /// <exception cref="BadHttpRequestException">The body is too large or ends early.</exception>
    public static async ValueTask<(string? Hostname, Answer? Refusal)> ReadAsync(HttpRequest request)
    {
        var bytes = await RequestBody.ReadAsync(request.HttpContext);
        if (bytes.Length == 0)
            return (null, Missing());

        if (IsJson(request.ContentType) && TryReadPlain(bytes.Span, out var hostname))
            return (hostname, null);

        string text;
        try
        {
            text = StrictUtf8.GetString(bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            return (null, NotText());
        }

        return IsJson(request.ContentType) ? Parse(text.TrimStart('\ufeff')) : (null, NotAnObject(Answer.Quote(text)));
    }

    /// <summary>Reads an empty object or one with only a name, as nearly every ping has, without allocating more than the name; false for anything else.</summary>
    private static bool TryReadPlain(ReadOnlySpan<byte> bytes, out string? hostname)
    {
        hostname = null;
        var json = new Utf8JsonReader(bytes);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject || !json.Read())
                return false;

            if (json.TokenType == JsonTokenType.PropertyName)
            {
                if (!json.ValueTextEquals("hostname"u8) || !json.Read() || json.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
                    return false;

                hostname = json.GetString();
                json.Read();
            }

            return json.TokenType == JsonTokenType.EndObject && !json.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static (string? Hostname, Answer? Refusal) Parse(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            var body = json.RootElement;
            if (body.ValueKind == JsonValueKind.Null)
                return (null, Missing());

            if (body.ValueKind != JsonValueKind.Object)
                return (null, NotAnObject(body.GetRawText()));

            if (!body.TryGetProperty("hostname", out var hostname) || hostname.ValueKind == JsonValueKind.Null)
                return (null, null);

            return hostname.ValueKind == JsonValueKind.String
                ? (hostname.GetString(), null)
                : (null, Invalid("string_type", """["body","hostname"]""", "Input should be a valid string", hostname.GetRawText()));
        }
        catch (JsonException) when (IsTooDeep(text))
        {
            return (null, NotText());
        }
        catch (JsonException e)
        {
            var at = Position(text, e);
            return (null, Invalid("json_invalid", string.Create(CultureInfo.InvariantCulture, $"""["body",{at}]"""), "JSON decode error", "{}", "not valid JSON from here"));
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair: a string, but not a name.
            return ("\ufffd", null);
        }
    }

    private static bool IsJson(string? contentType) =>
        string.IsNullOrEmpty(contentType) || contentType == "application/json"
        || (MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType is { } media
            && (media.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                || (media.StartsWith("application/", StringComparison.OrdinalIgnoreCase) && media.EndsWith("+json", StringComparison.OrdinalIgnoreCase))));

    private static bool IsTooDeep(string text)
    {
        var depth = 0;
        return text.Any(c => (depth += c is '[' or '{' ? 1 : c is ']' or '}' ? -1 : 0) > MaxDepth);
    }

    private static int Position(string text, JsonException e)
    {
        var start = 0;
        for (var line = 0; line < (e.LineNumber ?? 0); line++)
            start = text.IndexOf('\n', start) + 1;

        var bytes = Encoding.UTF8.GetBytes(text[start..]);
        return start + Encoding.UTF8.GetCharCount(bytes, 0, (int)Math.Min(e.BytePositionInLine ?? 0, bytes.Length));
    }

    private static Answer Missing() => Invalid("missing", """["body"]""", "Field required", "null");

    private static Answer NotText() => Answer.Detail(StatusCodes.Status400BadRequest, "There was an error parsing the body");

    private static Answer NotAnObject(string input) =>
        Invalid("model_attributes_type", """["body"]""", "Input should be a valid dictionary or object to extract fields from", input);

    private static Answer Invalid(string type, string location, string message, string input, string? error = null) => Answer.Json(
        StatusCodes.Status422UnprocessableEntity,
        $$$"""{"detail":[{"type":"{{{type}}}","loc":{{{location}}},"msg":"{{{message}}}","input":{{{input}}}{{{(error is null ? "" : $$""","ctx":{"error":"{{error}}"}""")}}}}]}""");
}
