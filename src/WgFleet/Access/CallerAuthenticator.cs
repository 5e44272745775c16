using Microsoft.AspNetCore.Authentication;
using WgFleet.Config;
using WgFleet.Store;

namespace WgFleet.Access;

/// <summary>Recognises who asks: by the socket, a token, a session, or nearness while there is no admin token.</summary>
internal sealed class CallerAuthenticator(TokenRegistry tokens, ServerConfig config)
{
    /// <summary>Whether operators need a token.</summary>
    public bool IsClosed => tokens.IsClosed;

    public async Task<Caller> RecognizeAsync(HttpContext context)
    {
        if (Networks.IsSocket(context))
            return Caller.Root;

        // A token that is shown decides alone: a wrong one gets nobody in by other ways.
        if (Bearer.IsShown(context.Request, out var text))
            return tokens.Verify(text, TokenRow.Admin) is { } token ? Caller.Of(token, AuthMethod.Token) : Caller.Refused;

        var session = await context.AuthenticateAsync(Sessions.Scheme);
        if (session.Principal is { } principal && principal.FindFirst(Sessions.TokenId)?.Value is { } id && tokens.Live(id) is { } behind)
        {
            // Form tokens are made for one user and no other.
            context.User = principal;
            return Caller.Of(behind, AuthMethod.Session);
        }

        return !tokens.IsClosed && IsNear(context) ? Caller.Neighbour : Caller.Stranger;
    }

    /// <summary>Whether a caller that was recognised some time ago still would be, for answers that go on and on.</summary>
    public bool IsStill(Caller caller) => caller.AuthMethod switch
    {
        AuthMethod.Socket => true,
        AuthMethod.Near => !tokens.IsClosed,
        _ => caller.TokenId is { } id && tokens.Live(id) is not null,
    };

    private bool IsNear(HttpContext context) => config.Readers.Holds(context) || (config.ReadAllow is null && Networks.IsThisMachine(context));
}
