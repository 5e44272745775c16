using Microsoft.Net.Http.Headers;

namespace WgFleet.Access;

/// <summary>The token of a request: <c>Authorization: Bearer</c> (RFC 6750).</summary>
internal static class Bearer
{
    public const string Scheme = "Bearer";

    /// <summary>Whether the request has one.</summary>
    /// <param name="request">The request.</param>
    /// <param name="text">The token; empty if there are several Authorization headers.</param>
    public static bool IsShown(HttpRequest request, out string text)
    {
        text = "";
        if (!request.Headers.TryGetValue(HeaderNames.Authorization, out var header) || !header.Any(IsBearer))
            return false;

        if (header is [{ } only])
            text = only[Scheme.Length..].Trim();

        return true;
    }

    // Another scheme, such as Basic, is for a proxy in front of the server.
    private static bool IsBearer(string? value) =>
        value?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true && (value.Length == Scheme.Length || value[Scheme.Length] == ' ');
}
