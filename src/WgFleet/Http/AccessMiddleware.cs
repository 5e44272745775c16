using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Net.Http.Headers;
using WgFleet.Access;

namespace WgFleet.Http;

/// <summary>Admits or refuses each request, by the <see cref="AccessRule"/> of its endpoint. Runs after routing.</summary>
internal sealed partial class AccessMiddleware(CallerAuthenticator authenticator, BrowserGuard guard, IAntiforgery antiforgery, ILogger<AccessMiddleware> log)
{
    public const string LoginPath = "/login";

    /// <summary>Answers the request if it is refused; false if it is admitted.</summary>
    public async Task<bool> RefusesAsync(HttpContext context)
    {
        // No such path, or a wrong method: the answer gives nothing away.
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            // The page around that answer knows its reader. One that is made to lead here from another site is a stranger.
            if (ErrorHandling.IsForPeople(context) && guard.Refusal(context.Request, isAmbient: true) is null)
                context.Features.Set(await authenticator.RecognizeAsync(context));

            return false;
        }

        var rule = endpoint.Metadata.GetMetadata<AccessRule>();
        if (rule is null)
            Log.NoRule(log, endpoint.DisplayName);

        if (rule is null || (Networks.IsSocket(context) && !rule.IsOnAdminSocket))
        {
            await ErrorHandling.NotFoundAsync(context);
            return true;
        }

        if (rule is { Permission: Permission.None, IsForm: false })
            return guard.Refusal(context.Request, isAmbient: false) is { } reason && await RefuseAsync(context, StatusCodes.Status403Forbidden, reason);

        var caller = await authenticator.RecognizeAsync(context);

        // Before the caller is known to anybody else: the page of this refusal may be read by another site.
        if (caller.AuthMethod != AuthMethod.Socket && guard.Refusal(context.Request, isAmbient: caller.AuthMethod != AuthMethod.Token) is { } why)
            return await RefuseAsync(context, StatusCodes.Status403Forbidden, why);

        context.Features.Set(caller);

        if (FleetScope.Of(context, caller) < rule.Permission)
            return await RefuseAsync(context, rule, caller);

        var isForm = rule.IsForm || caller.AuthMethod == AuthMethod.Session;
        return isForm && !BrowserGuard.IsSafe(context.Request.Method) && !await antiforgery.IsRequestValidAsync(context)
            && await RefuseAsync(context, StatusCodes.Status403Forbidden, "this form has expired, or is not from this server: go back, reload the page and try again");
    }

    private Task<bool> RefuseAsync(HttpContext context, AccessRule rule, Caller caller)
    {
        if (caller.AuthMethod == AuthMethod.BadToken)
            return ChallengeAsync(context, "the token is unknown, revoked or expired", "Bearer error=\"invalid_token\"");

        if (caller.Rights is { } rights && caller.Permission >= rule.Permission)
            return RefuseAsync(context, StatusCodes.Status403Forbidden, $"your role does not allow this here, but only to {rights.Text}");

        if (caller.Permission >= Permission.Read)
        {
            return RefuseAsync(context, StatusCodes.Status403Forbidden, rule.Permission == Permission.Root
                ? "only root on the server may do this: sudo wg-fleet"
                : caller.AuthMethod == AuthMethod.Near
                    ? "changes over the network need a token: create one with 'wg-fleet tokens create', or use sudo wg-fleet on the server"
                    : caller.Person is not null
                        ? "your role allows you to read only: ask for one with scope write"
                        : "this needs a token with scope write");
        }

        if (rule.Audience == Audience.People && HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.Redirect($"{LoginPath}?next={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}");
            context.Response.ContentLength = 0;
            return Task.FromResult(true);
        }

        return authenticator.NeedsLogin
            ? ChallengeAsync(
                context, ErrorHandling.IsForPeople(context) ? "you are not logged in, or your login has ended: nothing was changed" : "this needs a token: Authorization: Bearer wgf_…", "Bearer")
            : RefuseAsync(context, StatusCodes.Status403Forbidden, "only the gateway itself and its fleets may read this: see read_allow, or create a token with 'wg-fleet tokens create'");
    }

    private static Task<bool> ChallengeAsync(HttpContext context, string detail, string challenge)
    {
        context.Response.Headers[HeaderNames.WWWAuthenticate] = challenge;
        return RefuseAsync(context, StatusCodes.Status401Unauthorized, detail);
    }

    private static async Task<bool> RefuseAsync(HttpContext context, int status, string detail)
    {
        await ErrorHandling.RefuseAsync(context, status, detail);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Critical, "{Endpoint} has no access rule, so nobody may use it; please report this")]
        public static partial void NoRule(ILogger log, string? endpoint);
    }
}
