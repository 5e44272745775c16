using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Access.Oidc;
using WgFleet.Config;
using WgFleet.Config.Logins;
using WgFleet.Dashboard.Site;
using WgFleet.Hosting;

namespace WgFleet.Dashboard.LoginPages;

/// <summary>How browsers begin a session with a login at the provider of <c>oidc</c>.</summary>
internal static partial class OidcEndpoints
{
    public static void MapOidc(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetService<ServerConfig>()?.Oidc is not { } config)
            return;

        var login = routes.MapGroup("").ExcludeFromDescription();
        login.MapGet(OidcLogin.Path, ([FromServices] ILoggerFactory logs, HttpContext context) => BeginAsync(context, config, logs)).RequireForm();
        login.MapGet(OidcLogin.CallbackPath, ([FromServices] OidcLogin oidc, [FromServices] ILoggerFactory logs, HttpContext context) => EndAsync(context, oidc, config, logs)).RequireForm();
    }

    private static async Task<IResult> BeginAsync(HttpContext context, OidcConfig config, ILoggerFactory logs)
    {
        var next = LoginEndpoints.LocalPath(context.Request.Query["next"]);
        var services = context.RequestServices;
        if (!context.Request.IsHttps && !IsLoopback(context.Request.Host.Host) && services.GetRequiredService<ServerConfig>().PublicUrl is null)
            return LoginEndpoints.Show(context, next, $"A login at {config.Name} needs https: open this page with https, or set public_url to the https URL of this server.");

        try
        {
            await OidcLogin.BeginAsync(context, next, context.Request.Query.ContainsKey("other"));
            return Results.Empty;
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException or IOException or TaskCanceledException && !context.RequestAborted.IsCancellationRequested)
        {
            Log.NoProvider(LogOf(logs), config.Name, PlainText.Of((e.InnerException ?? e).Message.ReplaceLineEndings(" ")));
            return LoginEndpoints.Show(context, next, $"{config.Name} cannot be asked now: try again later, or log in with a token. The log of this server says why.");
        }
    }

    private static async Task<IResult> EndAsync(HttpContext context, OidcLogin oidc, OidcConfig config, ILoggerFactory logs)
    {
        var (outcome, log, source) = (await oidc.EndAsync(context), LogOf(logs), PlainText.Of(SourceAddress.Of(context).Text));
        var next = LoginEndpoints.LocalPath(outcome.Next);
        if (outcome.Person is not { } person)
        {
            // Whoever goes back in the browser comes here again. The answer of the provider counts once.
            if (context.Caller().AuthMethod == AuthMethod.Session)
                return Enter(context, next);

            Log.Failed(log, config.Name, source, PlainText.Of(outcome.Failure!.ReplaceLineEndings(" ")));
            return LoginEndpoints.Show(context, next, outcome.IsDenied
                ? $"You have not logged in at {config.Name}."
                : $"The login at {config.Name} has failed, or took too long: try again. The log of this server says why.");
        }

        var groups = PlainText.Of(string.Join(", ", person.Groups));
        var may = person.May(config);
        if (may.Most == Permission.None)
        {
            Log.NoRole(log, person.Name, config.Name, source, groups);
            return Page(context, new NoRolePage { Person = person, Provider = config.Name, Claim = config.Claim }, StatusCodes.Status403Forbidden);
        }

        await Sessions.BeginAsync(context, person);
        Log.LoggedIn(log, person.Name, config.Name, source, may.Text, groups);
        return Enter(context, next);
    }

    /// <summary>
    /// Goes on by a page of ours: a browser does not send the session, whose cookie is SameSite=Strict, with a redirect that began at the provider.
    /// </summary>
    private static PageResult Enter(HttpContext context, string next)
    {
        context.Response.Headers["Refresh"] = $"0; url={next}";
        return Page(context, new EnteredPage { Next = next }, StatusCodes.Status200OK);
    }

    private static PageResult Page(HttpContext context, Page page, int status) =>
        new(page, context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(), status);

    private static bool IsLoopback(string host) => new UriBuilder(Uri.UriSchemeHttp, host).Uri.IsLoopback;

    private static ILogger LogOf(ILoggerFactory logs) => logs.CreateLogger("WgFleet.Dashboard.Login");

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Operator {Operator} logged in at {Provider} from {Source} with scope {Scope}; groups: {Groups}")]
        public static partial void LoggedIn(ILogger log, string @operator, string provider, string source, string scope, string groups);

        [LoggerMessage(2, LogLevel.Warning, "{Person} logged in at {Provider} from {Source} and has no role in oidc.roles; groups: {Groups}")]
        public static partial void NoRole(ILogger log, string person, string provider, string source, string groups);

        [LoggerMessage(3, LogLevel.Warning, "A login at {Provider} from {Source} has failed: {Reason}")]
        public static partial void Failed(ILogger log, string provider, string source, string reason);

        [LoggerMessage(4, LogLevel.Error, "Nobody can log in at {Provider} now: {Reason}")]
        public static partial void NoProvider(ILogger log, string provider, string reason);
    }
}
