using Microsoft.AspNetCore.Routing.Patterns;
using WgFleet.Access;
using WgFleet.Hosting;
using WgFleet.Http.Machines;
using WgFleet.Tunnels;

namespace WgFleet.Http;

/// <summary>What is the same for all requests: limits, headers, and errors as <c>{"detail":"…"}</c>.</summary>
internal static partial class ErrorHandling
{
    public static void UseRefusals(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("WgFleet.Http");
        app.Use(async (context, next) =>
        {
            SetHeaders(context);
            try
            {
                if (context.Request.ContentLength > RequestBody.Limit)
                    throw RequestBody.TooLarge();

                await next(context);
                if (!context.Response.HasStarted && context.Response.ContentLength is null)
                    await ExplainAsync(context);
            }
            catch (RefusedException e) when (!context.Response.HasStarted)
            {
                await Refused(context, StatusOf(e.Kind), e.Message).ExecuteAsync(context);
            }
            catch (BadHttpRequestException e) when (!context.Response.HasStarted)
            {
                var detail = e.StatusCode == StatusCodes.Status413PayloadTooLarge ? "Request body too large" : "Bad request";
                await Refused(context, e.StatusCode, detail).ExecuteAsync(context);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
            {
                // The client has gone; there is nobody to answer.
            }
            catch (Exception e) when (!context.Response.HasStarted)
            {
                // An interface that is down is known by its message; machines that try again must not fill the log with stacks.
                Log.Failed(log, context.Request.Method, context.Request.Path.Value ?? "", e.Message, e is TunnelException ? null : e);
                await Refused(context, StatusCodes.Status500InternalServerError, "Internal server error").ExecuteAsync(context);
            }
        });
    }

    /// <summary>Routes match whatever the case; paths are the ones we say, letter by letter. Behind routing.</summary>
    public static void UseExactPaths(this WebApplication app) => app.Use((context, next) =>
        context.GetEndpoint() is RouteEndpoint endpoint && !IsExact(endpoint.RoutePattern, context.Request.Path.Value ?? "")
            ? Answer.Detail(StatusCodes.Status404NotFound, "Not Found").ExecuteAsync(context)
            : next(context));

    private static bool IsExact(RoutePattern pattern, string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < pattern.PathSegments.Count && i < segments.Length; i++)
        {
            if (pattern.PathSegments[i].Parts is [RoutePatternLiteralPart literal] && literal.Content != segments[i])
                return false;
        }

        return true;
    }

    /// <summary>The HTTP status of a refusal; the same for every audience.</summary>
    public static int StatusOf(Refusal kind) => kind switch
    {
        Refusal.Invalid => StatusCodes.Status400BadRequest,
        Refusal.Forbidden => StatusCodes.Status403Forbidden,
        Refusal.NotFound => StatusCodes.Status404NotFound,
        Refusal.Conflict => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static Answer Refused(HttpContext context, int status, string detail) =>
        context.GetEndpoint()?.Metadata.GetMetadata<AccessRule>() is { Audience: Audience.Programs } ? Problems.Of(status, detail) : Answer.Detail(status, detail);

    private static Task ExplainAsync(HttpContext context) => context.Response.StatusCode switch
    {
        // What the framework says of a parameter that it cannot read.
        StatusCodes.Status400BadRequest => Refused(context, StatusCodes.Status400BadRequest, "a parameter is missing, or not what it should be").ExecuteAsync(context),
        StatusCodes.Status404NotFound => Answer.Detail(StatusCodes.Status404NotFound, "Not Found").ExecuteAsync(context),
        StatusCodes.Status405MethodNotAllowed => Answer.Detail(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed").ExecuteAsync(context),
        _ => Task.CompletedTask,
    };

    private static void SetHeaders(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";

        // Machines send what is no GET, and look at none of this.
        if (HttpMethods.IsGet(context.Request.Method))
            GuardPage(context.Response.Headers);
    }

    /// <summary>Tells browsers to let nothing else into this answer, nor it into anything else.</summary>
    public static void GuardPage(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

        // Not no-referrer: browsers would then say "Origin: null" of our own forms.
        headers["Referrer-Policy"] = "same-origin";
        headers.XFrameOptions = "DENY";
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed: {Reason}")]
        public static partial void Failed(ILogger log, string method, string path, string reason, Exception? e);
    }
}
