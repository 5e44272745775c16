using System.Net;
using WgFleet.Config;

namespace WgFleet.Access;

/// <summary>
/// Refuses requests that a page of another site makes a browser send: from a foreign Origin, or under a foreign name that was made to lead
/// to this server's address (DNS rebinding).
/// </summary>
internal sealed class BrowserGuard
{
    private const string OtherSite = "this comes from a page of another site";

    private readonly HashSet<string> _names;
    private readonly string? _publicOrigin;

    public BrowserGuard(ServerConfig config)
    {
        PublicUrl = config.PublicUrl;
        _publicOrigin = config.PublicUrl?.GetLeftPart(UriPartial.Authority);
        _names = new(
            ["localhost", Environment.MachineName, config.Domain, .. config.Fleets.Select(f => f.ExternalIp), .. config.DashboardHosts,
            .. config.PublicUrl is { } url ? [url.Host] : Array.Empty<string>()], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The server's address for others; null if none is configured.</summary>
    public Uri? PublicUrl { get; }

    /// <summary>Whether this host is one of the server's names, or an address.</summary>
    public bool Knows(HostString host) => !host.HasValue || IsOurs(host.Host);

    /// <summary>Why a request is refused; null if it is not.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isAmbient">
    /// Whether the sender is recognized by what a browser sends by itself: its address, or a cookie. If not, only requests that a browser
    /// sends and that change something are checked: machines and programs may call the server by any name.
    /// </param>
    public string? Refusal(HttpRequest request, bool isAmbient)
    {
        if (!isAmbient && (IsSafe(request.Method) || !IsFromBrowser(request)))
            return null;

        if (!Knows(request.Host))
            return $"this server is not known as '{request.Host.Host}': use its address, or add the name to dashboard_hosts";

        // Compared as a whole: https://us.example is not a part of https://us.example.evil.
        var ours = $"{request.Scheme}://{request.Host.Value}";
        foreach (var origin in request.Headers.Origin)
        {
            if (!string.Equals(origin, ours, StringComparison.OrdinalIgnoreCase) && !string.Equals(origin, _publicOrigin, StringComparison.OrdinalIgnoreCase))
                return OtherSite;
        }

        return !IsSafe(request.Method) && request.Headers["Sec-Fetch-Site"].Any(site => site is not ("same-origin" or "none")) ? OtherSite : null;
    }

    /// <summary>Whether requests with this method change nothing.</summary>
    public static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    // Every current browser sends one of them with any request that is not a GET; curl sends neither.
    private static bool IsFromBrowser(HttpRequest request) => request.Headers.Origin.Count > 0 || request.Headers.ContainsKey("Sec-Fetch-Site");

    // DNS cannot redirect an address.
    private bool IsOurs(string host) => _names.Contains(host) || IPAddress.TryParse(host, out _);
}
