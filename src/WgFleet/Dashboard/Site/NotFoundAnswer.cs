using WgFleet.Http;

namespace WgFleet.Dashboard.Site;

/// <summary>The answer for something that does not exist: a page for browsers, JSON for programs.</summary>
internal static class NotFoundAnswer
{
    /// <param name="context">The request. A browser asks for text/html.</param>
    /// <param name="detail">What was not found, in the words that programs know.</param>
    /// <param name="now">The time.</param>
    public static IResult Of(HttpContext context, string detail, DateTimeOffset now) =>
        context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            ? new PageResult(new NotFoundPage { Detail = detail }, now, StatusCodes.Status404NotFound)
            : Answer.Detail(StatusCodes.Status404NotFound, detail);
}
