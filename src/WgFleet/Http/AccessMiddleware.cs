using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Net.Http.Headers;
using WgFleet.Access;
using WgFleet.Http.Machines;

namespace WgFleet.Http;

/// <summary>Lets each request in or not, by what its endpoint's metadata asks for. Behind routing.</summary>
internal sealed partial class AccessMiddleware(CallerAuthenticator doorkeeper, BrowserGuard guard, IAntiforgery forms, ILogger<AccessMiddleware> log)
{
    public const string LoginPath = "/login";

    /// <summary>Answers the request if it may not come in; false if it may.</summary>
    public async Task<bool> RefusesAsync(HttpContext context)
    {
        // Nothing there, or a wrong method: the answer tells nothing of anything.
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
            return false;

        if (endpoint.Metadata.GetMetadata<AccessRule>() is not { } rule)
        {
            Log.NoRule(log, endpoint.DisplayName);
            await Answer.Detail(StatusCodes.Status404NotFound, "Not Found").ExecuteAsync(context);
            return true;
        }

        if (Networks.IsSocket(context) && rule.Audience != Audience.Programs)
        {
            await Answer.Detail(StatusCodes.Status404NotFound, "Not Found").ExecuteAsync(context);
            return true;
        }

        if (rule is { Permission: Permission.Nothing, IsForm: false })
            return false;

        var caller = await doorkeeper.RecognizeAsync(context);
        context.Features.Set(caller);
        if (guard.Refusal(context, caller) is { } why)
            return await RefuseAsync(context, rule, StatusCodes.Status403Forbidden, why);

        if (caller.May < rule.Permission)
            return await RefuseAsync(context, rule, caller);

        var isForm = rule.IsForm || caller.AuthMethod == AuthMethod.Session;
        return isForm && !BrowserGuard.IsSafe(context.Request.Method) && !await forms.IsRequestValidAsync(context)
            && await RefuseAsync(context, rule, StatusCodes.Status403Forbidden, "the page is too old or not ours: go back, load it again and try once more");
    }

    private Task<bool> RefuseAsync(HttpContext context, AccessRule rule, Caller caller)
    {
        if (caller.AuthMethod == AuthMethod.BadToken)
            return ChallengeAsync(context, rule, "the token is unknown, revoked or expired", "Bearer error=\"invalid_token\"");

        if (caller.May >= Permission.Read)
        {
            return RefuseAsync(context, rule, StatusCodes.Status403Forbidden, rule.Permission == Permission.Root
                ? "this is for root on the server itself: sudo wg-fleet"
                : caller.AuthMethod == AuthMethod.Near
                    ? "nothing is changed over the network without a token: sudo wg-fleet on the server, or make one with 'wg-fleet tokens create'"
                    : "this takes a token with scope write");
        }

        if (rule.Audience == Audience.People && HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.Redirect($"{LoginPath}?next={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}");
            context.Response.ContentLength = 0;
            return Task.FromResult(true);
        }

        return doorkeeper.IsClosed
            ? ChallengeAsync(context, rule, "this takes a token: Authorization: Bearer wgf_…", "Bearer")
            : RefuseAsync(context, rule, StatusCodes.Status403Forbidden, "this is for the server's own machine and its fleets: see read_allow, or make a token with 'wg-fleet tokens create'");
    }

    private static Task<bool> ChallengeAsync(HttpContext context, AccessRule rule, string detail, string challenge)
    {
        context.Response.Headers[HeaderNames.WWWAuthenticate] = challenge;
        return RefuseAsync(context, rule, StatusCodes.Status401Unauthorized, detail);
    }

    private static async Task<bool> RefuseAsync(HttpContext context, AccessRule rule, int status, string detail)
    {
        var answer = rule.Audience == Audience.Programs ? Problems.Of(status, detail) : Answer.Detail(status, detail);
        await answer.ExecuteAsync(context);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Critical, "{Endpoint} does not say who may use it, so nobody may; please report this")]
        public static partial void NoRule(ILogger log, string? endpoint);
    }
}

/// <summary>Puts the gate into the way of requests.</summary>
internal static class AccessMiddlewareExtensions
{
    public static IServiceCollection AddAccess(this IServiceCollection services) =>
        services.AddSingleton<Store.TokenStore>().AddSingleton<TokenRegistry>().AddSingleton<EnrollmentPolicy>().AddSingleton<CallerAuthenticator>().AddSingleton<BrowserGuard>().AddSingleton<AccessMiddleware>().AddSessions();

    public static void UseGate(this WebApplication app)
    {
        var gate = app.Services.GetRequiredService<AccessMiddleware>();
        app.Use(async (context, next) =>
        {
            if (!await gate.RefusesAsync(context))
                await next(context);
        });
    }

    /// <summary>Who asks, as the gate has recognised them.</summary>
    public static Caller Caller(this HttpContext context) => context.Features.Get<Caller>() ?? Access.Caller.Stranger;
}
