using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using WgFleet.Http.Machines;

namespace WgFleet.Http;

/// <summary>Errors as programs of operators get them: RFC 9457, with a detail that says what to do and nothing of our insides.</summary>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    public static Answer Of(int status, string detail) => new(
        status,
        Encoding.UTF8.GetBytes($$"""{"type":"about:blank","title":{{Answer.Quote(ReasonPhrases.GetReasonPhrase(status))}},"status":{{status}},"detail":{{Answer.Quote(detail)}}}"""),
        ContentType);
}
