using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Access.Oidc;
using WgFleet.Config;
using WgFleet.Dashboard.Site;
using WgFleet.Hosting;
using WgFleet.Http;
using WgFleet.Store;

namespace WgFleet.Dashboard.LoginPages;

/// <summary>How browsers begin and end a session.</summary>
internal static partial class LoginEndpoints
{
    public static void MapLogin(this IEndpointRouteBuilder routes)
    {
        var forms = routes.MapGroup("").ExcludeFromDescription();
        forms.MapGet(AccessMiddleware.LoginPath, (HttpContext context) => Show(context, LocalPath(context.Request.Query["next"]))).RequireForm();
        forms.MapPost(AccessMiddleware.LoginPath, LoginAsync).RequireForm();
        forms.MapPost("/logout", LogoutAsync).Require(Audience.People, Permission.Read).ForFleetsOfCaller();
        routes.MapOidc();
    }

    private static async Task<IResult> LoginAsync(HttpContext context, [FromServices] TokenRegistry tokens, [FromServices] ILoggerFactory logs)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var next = LocalPath(form["next"]);
        if (tokens.Verify(form["token"].ToString().Trim(), TokenRow.Admin) is not { } token)
        {
            Log.Refused(LogOf(logs), PlainText.Of(SourceAddress.Of(context).Text));
            return Show(context, next, "This token is unknown, revoked or expired.");
        }

        await Sessions.BeginAsync(context, token);
        Log.LoggedIn(LogOf(logs), token.Name, PlainText.Of(SourceAddress.Of(context).Text));
        return TypedResults.LocalRedirect(next);
    }

    private static async Task<IResult> LogoutAsync(HttpContext context, [FromServices] ILoggerFactory logs)
    {
        await Sessions.EndAsync(context);
        Log.LoggedOut(LogOf(logs), context.Caller().Name);
        return TypedResults.LocalRedirect(AccessMiddleware.LoginPath);
    }

    /// <summary>The login page.</summary>
    public static PageResult Show(HttpContext context, string next, string? error = null)
    {
        var services = context.RequestServices;
        var config = services.GetRequiredService<ServerConfig>();
        var page = new LoginPage
        {
            Provider = config.Oidc?.Name,
            Begin = $"{config.PublicUrl?.GetLeftPart(UriPartial.Authority)}{OidcLogin.Path}?next={Uri.EscapeDataString(next)}",
            HasTokens = services.GetRequiredService<TokenRegistry>().IsClosed,
            Next = next,
            Error = error,
            IsUnencrypted = !context.Request.IsHttps && !config.Private.ContainsCaller(context) && !Networks.IsThisMachine(context),
        };
        return new PageResult(page, services.GetRequiredService<TimeProvider>().GetUtcNow(), error is null ? StatusCodes.Status200OK : StatusCodes.Status403Forbidden);
    }

    /// <summary>A path of this site; the front page for anything that could lead to another site.</summary>
    public static string LocalPath(string? next) =>
        next is ['/', .. var rest] && rest is not (['/', ..] or ['\\', ..]) && next.All(c => char.IsAscii(c) && !char.IsControl(c)) ? next : "/";

    private static ILogger LogOf(ILoggerFactory logs) => logs.CreateLogger("WgFleet.Dashboard.Login");

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Operator {Operator} logged in from {Source}")]
        public static partial void LoggedIn(ILogger log, string @operator, string source);

        [LoggerMessage(2, LogLevel.Warning, "Login refused from {Source}: the token is not valid")]
        public static partial void Refused(ILogger log, string source);

        [LoggerMessage(3, LogLevel.Information, "Operator {Operator} logged out")]
        public static partial void LoggedOut(ILogger log, string @operator);
    }
}
