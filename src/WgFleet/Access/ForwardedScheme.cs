using System.Net;

namespace WgFleet.Access;

/// <summary>Whether a request was sent over TLS to a proxy in front of the server (X-Forwarded-Proto).</summary>
internal static class ForwardedScheme
{
    /// <summary>
    /// Gives each request the scheme that its sender used, before anything uses it. Only the proxies that <see cref="SourceAddress"/> trusts are trusted
    /// with this.
    /// </summary>
    public static void UseForwardedScheme(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.Request.Headers["X-Forwarded-Proto"] is [.., "https"] && SourceAddress.IsProxy(context.Connection.RemoteIpAddress ?? IPAddress.None))
            context.Request.Scheme = "https";

        return next(context);
    });
}
