using System.Net;
using WgFleet.Config;

namespace WgFleet.Access;

/// <summary>
/// Keeps other sites from making a visitor's browser ask for them: a name of theirs that leads to our address (DNS rebinding), or a
/// page of theirs that sends us something.
/// </summary>
internal sealed class BrowserGuard
{
    private readonly HashSet<string> _names;
    private readonly string? _public;

    public BrowserGuard(ServerConfig config)
    {
        _public = config.PublicUrl?.GetLeftPart(UriPartial.Authority);
        _names = new(
            ["localhost", Environment.MachineName, config.Domain, .. config.Fleets.Select(f => f.ExternalIp), .. config.DashboardHosts,
            .. config.PublicUrl is { } url ? [url.Host] : Array.Empty<string>()], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Why the request is refused; null if it is not.</summary>
    public string? Refusal(HttpContext context, Caller caller)
    {
        // No browser has these of its own accord.
        if (caller.AuthMethod is AuthMethod.Socket or AuthMethod.Token)
            return null;

        var request = context.Request;
        if (request.Host.HasValue && !IsOurs(request.Host.Host))
            return $"this server is not known as '{request.Host.Host}': use its address, or add the name to dashboard_hosts";

        // Compared as a whole: https://us.example is no part of https://us.example.evil.
        var ours = $"{request.Scheme}://{request.Host.Value}";
        if (request.Headers.Origin.Any(origin => !string.Equals(origin, ours, StringComparison.OrdinalIgnoreCase) && !string.Equals(origin, _public, StringComparison.OrdinalIgnoreCase)))
            return "this comes from a page of another site";

        return !IsSafe(request.Method) && request.Headers["Sec-Fetch-Site"].Any(site => site is not ("same-origin" or "none"))
            ? "this comes from a page of another site"
            : null;
    }

    /// <summary>Whether the method changes nothing.</summary>
    public static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    // An address cannot be made to lead elsewhere.
    private bool IsOurs(string host) => _names.Contains(host) || IPAddress.TryParse(host, out _);
}
