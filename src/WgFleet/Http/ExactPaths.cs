using Microsoft.AspNetCore.Routing.Patterns;

namespace WgFleet.Http;

/// <summary>Routing ignores case; this server's paths do not, as the Python server's.</summary>
internal static class ExactPaths
{
    /// <summary>After routing: a path whose fixed parts differ in case has no endpoint.</summary>
    public static void UseExactPaths(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.GetEndpoint() is RouteEndpoint endpoint && !IsExact(endpoint.RoutePattern, context.Request.Path.Value ?? ""))
            context.SetEndpoint(null);

        return next(context);
    });

    private static bool IsExact(RoutePattern pattern, string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < pattern.PathSegments.Count && i < segments.Length; i++)
        {
            if (pattern.PathSegments[i].Parts is [RoutePatternLiteralPart literal] && literal.Content != segments[i])
                return false;
        }

        return true;
    }
}
