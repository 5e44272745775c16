using Microsoft.Net.Http.Headers;

namespace WgFleet.Access;

/// <summary>The token that a request shows as <c>Authorization: Bearer</c>.</summary>
internal static class Bearer
{
    public const string Scheme = "Bearer";

    /// <summary>Whether one is shown.</summary>
    /// <param name="request">The request.</param>
    /// <param name="text">Its text; empty where it is not to be told which, of two.</param>
    public static bool IsShown(HttpRequest request, out string text)
    {
        text = "";
        if (!request.Headers.TryGetValue(HeaderNames.Authorization, out var header) || !header.Any(IsBearer))
            return false;

        if (header is [{ } only])
            text = only[Scheme.Length..].Trim();

        return true;
    }

    // A proxy's Basic is not for us.
    private static bool IsBearer(string? value) =>
        value?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true && (value.Length == Scheme.Length || value[Scheme.Length] == ' ');
}
