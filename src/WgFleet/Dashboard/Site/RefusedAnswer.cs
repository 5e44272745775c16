namespace WgFleet.Dashboard.Site;

/// <summary>The page for people whose request was refused, or has failed.</summary>
internal static class RefusedAnswer
{
    /// <param name="status">The HTTP status.</param>
    /// <param name="detail">Why, in one line.</param>
    /// <param name="now">The time.</param>
    public static PageResult Of(int status, string detail, DateTimeOffset now) => new(
        status == StatusCodes.Status404NotFound ? new NotFoundPage { Detail = detail == "Not Found" ? "Page not found" : detail } : new RefusedPage { Status = status, Detail = detail },
        now,
        status);
}
