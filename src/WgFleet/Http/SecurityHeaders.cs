namespace WgFleet.Http;

/// <summary>The headers that tell browsers what an answer may load, and what may embed it.</summary>
internal static class SecurityHeaders
{
    public static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";

        // Machines send no GET, and ignore these.
        if (HttpMethods.IsGet(context.Request.Method))
            GuardPage(context.Response.Headers);

        return next(context);
    });

    /// <summary>Lets the answer load only what this server serves, and no other page embed it.</summary>
    public static void GuardPage(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

        // With no-referrer, browsers would send "Origin: null" with this server's own forms.
        headers["Referrer-Policy"] = "same-origin";
        headers.XFrameOptions = "DENY";
    }
}
