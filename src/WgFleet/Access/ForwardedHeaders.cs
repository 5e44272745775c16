using Microsoft.Extensions.Primitives;

namespace WgFleet.Access;

/// <summary>Finds out once for each request who sent it and by which scheme, before anything uses either.</summary>
internal static class ForwardedHeaders
{
    /// <summary>
    /// Gives each request its <see cref="SourceAddress"/>, and the scheme https if a trusted proxy says that it was sent over TLS (X-Forwarded-Proto).
    /// </summary>
    public static void UseSourceAddress(this WebApplication app)
    {
        var proxies = app.Services.GetRequiredService<TrustedProxies>();
        app.Use((context, next) =>
        {
            context.Features.Set(proxies.SourceOf(context));
            if (SaysTls(context.Request.Headers["X-Forwarded-Proto"]) && proxies.Trusts(context.Connection.RemoteIpAddress))
                context.Request.Scheme = "https";

            return next(context);
        });
    }

    /// <summary>Whether the last entry, which the nearest proxy has written, is https. Proxies in a row make a list of it, in one header or in several.</summary>
    private static bool SaysTls(StringValues headers) =>
        headers is [.., { } last] && last.AsSpan(last.LastIndexOf(',') + 1).Trim().Equals("https", StringComparison.OrdinalIgnoreCase);
}
