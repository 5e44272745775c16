using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Http;
using WgFleet.Store;

namespace WgFleet.Dashboard;

/// <summary>How browsers begin and end a session.</summary>
internal static partial class LoginEndpoints
{
    public static void MapLogin(this IEndpointRouteBuilder routes)
    {
        var forms = routes.MapGroup("").ExcludeFromDescription();
        forms.MapGet(AccessMiddleware.LoginPath, (HttpContext context, TokenRegistry tokens, ServerConfig config, TimeProvider time) => (IResult)Page(context, tokens, config, time, Local(context.Request.Query["next"]))).ForForm();
        forms.MapPost(AccessMiddleware.LoginPath, LoginAsync).ForForm();
        forms.MapPost("/logout", LogoutAsync).For(Audience.People, Permission.Read);
    }

    private static async Task<IResult> LoginAsync(HttpContext context, TokenRegistry tokens, ServerConfig config, TimeProvider time, ILoggerFactory logs)
    {
        // Not by a parameter: the code that fills parameters is generated, and does not see types of Razor's generator.
        var log = logs.CreateLogger<LoginPage>();
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var next = Local(form["next"]);
        if (tokens.Verify(form["token"].ToString().Trim(), TokenRow.Admin) is not { } token)
        {
            Log.Refused(log, SourceAddress.Of(context).Text);
            return Page(context, tokens, config, time, next, "This token is unknown, revoked or expired.");
        }

        await Sessions.BeginAsync(context, token);
        Log.Entered(log, token.Name, SourceAddress.Of(context).Text);
        return TypedResults.LocalRedirect(next);
    }

    private static async Task<IResult> LogoutAsync(HttpContext context, ILoggerFactory logs)
    {
        // Not by a parameter: the code that fills parameters is generated, and does not see types of Razor's generator.
        var log = logs.CreateLogger<LoginPage>();
        await Sessions.EndAsync(context);
        Log.Left(log, context.Caller().Name);
        return TypedResults.LocalRedirect(AccessMiddleware.LoginPath);
    }

    private static Html<LoginPage> Page(HttpContext context, TokenRegistry tokens, ServerConfig config, TimeProvider time, string next, string? error = null) => new(
        new()
        {
            [nameof(LoginPage.IsClosed)] = tokens.IsClosed,
            [nameof(LoginPage.Next)] = next,
            [nameof(LoginPage.Error)] = error,
            [nameof(LoginPage.IsReadable)] = !context.Request.IsHttps && !config.Private.Holds(context) && !Networks.IsThisMachine(context),
            [nameof(LoginPage.Now)] = time.GetUtcNow(),
        },
        error is null ? StatusCodes.Status200OK : StatusCodes.Status403Forbidden);

    /// <summary>A path of ours; the front page for anything else, which would lead elsewhere.</summary>
    private static string Local(string? next) =>
        next is ['/', .. var rest] && rest is not (['/', ..] or ['\\', ..]) && !next.Any(char.IsControl) ? next : "/";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Operator {Operator} logged in from {Source}")]
        public static partial void Entered(ILogger log, string @operator, string source);

        [LoggerMessage(3, LogLevel.Information, "Operator {Operator} logged out")]
        public static partial void Left(ILogger log, string @operator);

        [LoggerMessage(2, LogLevel.Warning, "Somebody tried to log in from {Source} with a token that is not valid")]
        public static partial void Refused(ILogger log, string source);
    }
}
