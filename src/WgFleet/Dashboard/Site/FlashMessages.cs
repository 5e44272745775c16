using System.Security.Cryptography;
using WgFleet.Access;
using WgFleet.Http;

namespace WgFleet.Dashboard.Site;

/// <summary>Keeps the outcome of a form for the page that its sender is redirected to. Reloading that page does not send the form again.</summary>
internal sealed class FlashMessages
{
    private const int MaxMessages = 100;

    private const string QueryKey = "message";

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, (string? Holder, FlashMessage Message)> _messages = [];

    /// <summary>Redirects the caller to a page of this site that shows the message. If there are too many messages, the oldest is dropped.</summary>
    public IResult Show(HttpContext context, string page, FlashMessage message)
    {
        // The link has an id, not the text; otherwise anybody could create a link that shows any text on our page.
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        lock (_lock)
        {
            if (_messages.Count == MaxMessages)
                _messages.RemoveAt(0);

            _messages.Add(id, (context.Caller().Holder, message));
        }

        return TypedResults.LocalRedirect($"{page}?{QueryKey}={id}");
    }

    /// <summary>The message that this request asks for; null if there is none, or it is for another caller.</summary>
    public FlashMessage? Of(HttpContext context)
    {
        if (context.Request.Query[QueryKey] is not [{ } id])
            return null;

        lock (_lock)
            return _messages.TryGetValue(id, out var kept) && kept.Holder == context.Caller().Holder ? kept.Message : null;
    }
}
