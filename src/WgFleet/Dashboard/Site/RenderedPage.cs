using WgFleet.Http;

namespace WgFleet.Dashboard.Site;

/// <summary>Answers a request with a page that was rendered before.</summary>
/// <param name="html">The whole page.</param>
internal sealed class RenderedPage(byte[] html) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        SetHeaders(httpContext.Response, StatusCodes.Status200OK, html.Length);
        await httpContext.Response.Body.WriteAsync(html, httpContext.RequestAborted);
    }

    /// <summary>Sets the headers of every page.</summary>
    public static void SetHeaders(HttpResponse response, int status, long length)
    {
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = length;
        response.Headers.CacheControl = "no-store";

        // A POST that answers with a page needs these too; for a GET they are set already.
        SecurityHeaders.GuardPage(response.Headers);
    }
}
