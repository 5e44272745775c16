using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WgFleet.Http;

/// <summary>JSON answers with the bytes of the Python server: compact, non-ASCII characters as they are, escaped only where JSON requires it.</summary>
internal sealed class Answer(int status, byte[] body, string contentType = "application/json") : IResult
{
    /// <summary>The answer to a successful ping.</summary>
    public static readonly Answer Ok = new(StatusCodes.Status200OK, """{"status":"ok"}"""u8.ToArray());

    private static readonly SearchValues<char> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\']);

    public static Answer Json(int status, string json) => new(status, Encoding.UTF8.GetBytes(json));

    /// <summary>Any type that the serializer context has, as JSON.</summary>
    public static Answer Of<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) => new(status, JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>A refusal: <c>{"detail":"…"}</c>.</summary>
    public static Answer Detail(int status, string detail) => Json(status, $$"""{"detail":{{Quote(detail)}}}""");

    /// <summary>A string as JSON.</summary>
    public static string Quote(string text)
    {
        if (text.AsSpan().IndexOfAny(Escaped) < 0)
            return $"\"{text}\"";

        var json = new StringBuilder("\"", text.Length + 16);
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\b' => json.Append("\\b"),
                '\f' => json.Append("\\f"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                < ' ' => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => json.Append(c),
            };
        }

        return json.Append('"').ToString();
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
    }
}
