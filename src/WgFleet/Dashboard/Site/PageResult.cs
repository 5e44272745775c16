using System.Buffers;
using System.IO.Pipelines;
using WgFleet.Http;

namespace WgFleet.Dashboard.Site;

/// <summary>Answers a request with a page in the site's frame.</summary>
/// <param name="page">The page. It is rendered once.</param>
/// <param name="now">The time that the page shows.</param>
/// <param name="status">The HTTP status.</param>
/// <param name="keep">Called with the page as bytes, for <see cref="RenderedPage"/>; null if nobody keeps it.</param>
internal sealed class PageResult(Page page, DateTimeOffset now, int status = StatusCodes.Status200OK, Action<byte[]>? keep = null) : IResult
{
    // No threshold, because the page is read only after it was written completely.
    private static readonly PipeOptions Unlimited = new(pauseWriterThreshold: 0, minimumSegmentSize: 16 * 1024, useSynchronizationContext: false);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        // Rendered completely first, so that its length is known and a failure is still answered with an error.
        var pipe = new Pipe(Unlimited);
        try
        {
            using var layout = new Layout { Page = page, Now = now, HttpContext = httpContext };
            await layout.RenderAsync(pipe.Writer, cancellationToken: httpContext.RequestAborted);
            await pipe.Writer.CompleteAsync();
            var html = (await pipe.Reader.ReadAsync(httpContext.RequestAborted)).Buffer;

            keep?.Invoke(html.ToArray());
            RenderedPage.SetHeaders(httpContext.Response, status, html.Length);
            foreach (var segment in html)
                await httpContext.Response.BodyWriter.WriteAsync(segment, httpContext.RequestAborted);
        }
        finally
        {
            await pipe.Writer.CompleteAsync();
            await pipe.Reader.CompleteAsync();
        }
    }
}
