using System.Globalization;
using WgFleet.Access;
using WgFleet.Hosting;
using WgFleet.Store.Engine;
using WgFleet.Tunnels;

namespace WgFleet.Http;

/// <summary>
/// Answers all requests that fail: refusals, requests that cannot be read, faults. Machines get <c>{"detail":"…"}</c>, programs get
/// problems (RFC 9457), people get a page, and below /api there are only programs. No endpoint catches these exceptions, except pages that show a refusal beside their form.
/// </summary>
internal static partial class ErrorHandling
{
    public static void UseErrorHandling(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("WgFleet.Http");
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
                if (!context.Response.HasStarted && context.Response.ContentLength is null)
                    await ExplainAsync(context);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
            {
                // The sender has gone; there is nobody to answer.
            }
            catch (Exception e) when (!context.Response.HasStarted)
            {
                await AnswerAsync(context, e, log);
            }
        });
    }

    /// <summary>Refuses a request in the format of its audience.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string detail) =>
        IsForPrograms(context) ? Problems.Of(status, detail).ExecuteAsync(context) : DetailAsync(context, status, detail);

    /// <summary>Says that there is nothing at this path; the same whatever the reason.</summary>
    public static Task NotFoundAsync(HttpContext context) => RefuseAsync(context, StatusCodes.Status404NotFound, "Not Found");

    /// <summary>The HTTP status of a refusal; the same for every audience.</summary>
    public static int StatusOf(Refusal kind) => kind switch
    {
        Refusal.Invalid => StatusCodes.Status400BadRequest,
        Refusal.Forbidden => StatusCodes.Status403Forbidden,
        Refusal.NotFound => StatusCodes.Status404NotFound,
        Refusal.Conflict => StatusCodes.Status409Conflict,
        Refusal.Outdated => StatusCodes.Status412PreconditionFailed,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static Task AnswerAsync(HttpContext context, Exception e, ILogger log)
    {
        if (e is RefusedException refused)
            return RefuseAsync(context, StatusOf(refused.Kind), refused.Message);

        // A fleet that is down is tried again every few seconds. Not all at once: machines that wait must not come back together. Machines get the
        // status and text of the Python server.
        if (e is TunnelException)
        {
            context.Response.Headers.RetryAfter = Random.Shared.Next(2, 6).ToString(CultureInfo.InvariantCulture);
            return IsForPrograms(context)
                ? RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, e.Message)
                : RefuseAsync(context, StatusCodes.Status500InternalServerError, "Internal server error");
        }

        // Another gateway decides, or will in some seconds.
        if (e is StoreException { Error: StoreError.NoLease })
        {
            context.Response.Headers.RetryAfter = Random.Shared.Next(2, 6).ToString(CultureInfo.InvariantCulture);
            return RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, e.Message);
        }

        if (BadInput.Of(e, context.Request) is { } bad)
            return RefuseAsync(context, bad.Status, bad.Detail);

        // What is wrong with the database is no fault of the program, and every request of a full disk would log the same frames.
        var frames = e is StoreException { Error: not StoreError.Failed } ? null : e;
        Log.Failed(log, context.Request.Method, PlainText.Of(context.Request.Path.Value ?? ""), e.Message, frames);
        return RefuseAsync(context, StatusCodes.Status500InternalServerError, "Internal server error");
    }

    /// <summary>Gives a body to what the framework answers without one.</summary>
    private static Task ExplainAsync(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status400BadRequest => RefuseAsync(context, StatusCodes.Status400BadRequest, "Bad request"),
        StatusCodes.Status404NotFound => NotFoundAsync(context),
        StatusCodes.Status405MethodNotAllowed => RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "Method Not Allowed"),

        // Only bodies of the API have a content type that routing asks for.
        StatusCodes.Status415UnsupportedMediaType =>
            Problems.Of(StatusCodes.Status415UnsupportedMediaType, "send JSON, with content-type: application/json").ExecuteAsync(context),
        _ => Task.CompletedTask,
    };

    private static Task DetailAsync(HttpContext context, int status, string detail) =>
        (IsForPeople(context) && context.RequestServices.GetService<RefusalPage>() is { } page ? page(status, detail) : Answer.Detail(status, detail)).ExecuteAsync(context);

    /// <summary>Whether the sender is a person with a browser, who gets pages.</summary>
    /// <remarks>A browser asks for text/html. What machines ask for is answered as the Python server does, whoever asks.</remarks>
    public static bool IsForPeople(HttpContext context) =>
        context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase) && !IsForPrograms(context)
        && (RuleOf(context) is { } rule ? rule.Audience == Audience.People : BrowserGuard.IsSafe(context.Request.Method));

    private static bool IsForPrograms(HttpContext context) =>
        RuleOf(context) is { } rule ? rule.Audience == Audience.Programs : context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal);

    private static AccessRule? RuleOf(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<AccessRule>();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed: {Reason}")]
        public static partial void Failed(ILogger log, string method, string path, string reason, Exception? e);
    }
}

/// <summary>Makes the page of a refusal, for people. The dashboard provides it.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="detail">Why, in one line.</param>
internal delegate IResult RefusalPage(int status, string detail);
