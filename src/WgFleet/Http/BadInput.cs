using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Net.Http.Headers;

namespace WgFleet.Http;

/// <summary>Recognizes what the framework throws when a request cannot be read, and says in one line what was wrong with it.</summary>
internal static partial class BadInput
{
    /// <summary>The status and the line for the sender; null if the request is not at fault.</summary>
    public static (int Status, string Detail)? Of(Exception e, HttpRequest request) => e switch
    {
        BadHttpRequestException bad => (bad.StatusCode, Detail(bad)),

        // Forms are read by the antiforgery check and by pages: a missing boundary, too many fields, an end too early, a charset that is not supported.
        AntiforgeryValidationException or InvalidDataException or IOException or NotSupportedException when request.HasFormContentType => (StatusCodes.Status400BadRequest, "the form cannot be read"),
        InvalidOperationException or NotSupportedException when request.HasJsonContentType() && IsNotUtf8(request.ContentType) =>
            (StatusCodes.Status415UnsupportedMediaType, "the charset of the body is not supported; send UTF-8"),

        // A token needs no antiforgery check, which would have refused this before a page reads it.
        InvalidOperationException when !request.HasFormContentType && e.Message.StartsWith("Incorrect Content-Type:", StringComparison.Ordinal) =>
            (StatusCodes.Status415UnsupportedMediaType, "send a form, with content-type: application/x-www-form-urlencoded"),
        _ => null,
    };

    private static bool IsNotUtf8(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);

    private static string Detail(BadHttpRequestException e)
    {
        if (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
            return "Request body too large";

        if (e.StatusCode == StatusCodes.Status415UnsupportedMediaType)
            return "send JSON, with content-type: application/json";

        if (e.InnerException is JsonException json)
        {
            return json.Path is { Length: > 1 } path
                ? $"the body cannot be used: {path.TrimStart('$', '.')} is not what it should be"
                : "the body cannot be used: it is not a JSON object of the members that are allowed";
        }

        if (NotBound().Match(e.Message) is { Success: true } value)
            return $"{value.Groups["name"].Value} is '{value.Groups["value"].Value}', which is not {Kind(value.Groups["type"].Value)}";

        if (Missing().Match(e.Message) is { Success: true } missing)
            return missing.Groups["name"].Value == "body" ? "the body cannot be used: send a JSON object" : $"{missing.Groups["name"].Value} is missing";

        return "Bad request";
    }

    private static string Kind(string type) =>
        type.Contains("bool", StringComparison.OrdinalIgnoreCase) ? "true or false"
        : type.StartsWith("double", StringComparison.Ordinal) ? "a number"
        : "a whole number, or is too large";

    // RequestDelegateFactory and its generator word these; BadInputTests holds the words.
    [GeneratedRegex("""^Failed to bind parameter "(?<type>[^"]+?) (?<name>\w+)" from "(?<value>.*)"\.$""", RegexOptions.Singleline)]
    private static partial Regex NotBound();

    [GeneratedRegex("""^(Required|Implicit body inferred for) parameter "([^"]+ )?(?<name>\w+)" """)]
    private static partial Regex Missing();
}
