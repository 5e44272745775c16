namespace WgFleet.Http;

/// <summary>Refusals for operators' programs: problems (RFC 9457) whose detail says what to do and nothing of the server's internals.</summary>
internal static class Problems
{
    public static IResult Of(int status, string detail) => TypedResults.Problem(detail, statusCode: status, type: "about:blank");
}
