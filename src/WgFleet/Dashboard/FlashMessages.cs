using System.Security.Cryptography;
using WgFleet.Http;

namespace WgFleet.Dashboard;

/// <summary>Keeps what came of a form for the page that its sender is sent to, so that loading this again does nothing a second time.</summary>
internal sealed class FlashMessages
{
    /// <summary>More than are ever looked at again; the oldest goes when one more comes.</summary>
    private const int Most = 100;

    private const string Key = "said";

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, (string? TokenId, FlashMessage FlashMessage)> _notices = [];

    /// <summary>Sends the caller to a page of ours that shows it.</summary>
    public IResult Show(HttpContext context, string page, FlashMessage notice)
    {
        // Not the text itself: else a link could put words of anybody's into our page.
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        lock (_gate)
        {
            if (_notices.Count == Most)
                _notices.RemoveAt(0);

            _notices.Add(id, (context.Caller().TokenId, notice));
        }

        return TypedResults.LocalRedirect($"{page}?{Key}={id}");
    }

    /// <summary>What this request is to show; null for nothing.</summary>
    public FlashMessage? Of(HttpContext context)
    {
        if (context.Request.Query[Key] is not [{ } id])
            return null;

        lock (_gate)
            return _notices.TryGetValue(id, out var kept) && kept.TokenId == context.Caller().TokenId ? kept.FlashMessage : null;
    }
}
