using Microsoft.AspNetCore.Authentication;
using WgFleet.Config;
using WgFleet.Store;

namespace WgFleet.Access;

/// <summary>Recognizes callers: by the admin socket, a token, a session, or their address while there is no admin token.</summary>
internal sealed class CallerAuthenticator(TokenRegistry tokens, SessionStore sessions, ServerConfig config)
{
    /// <summary>Whether operators need a token, or a login at the provider.</summary>
    public bool NeedsLogin => tokens.IsClosed || config.Oidc is not null;

    public async Task<Caller> RecognizeAsync(HttpContext context)
    {
        if (Networks.IsSocket(context))
            return Caller.Root;

        // A token decides alone: with a wrong one, neither a session nor an address lets its sender in.
        if (Bearer.IsShown(context.Request, out var text))
            return tokens.Verify(text, TokenRow.Admin) is { } token ? Caller.Of(token, AuthMethod.Token) with { Address = SourceAddress.Of(context).Text } : Caller.BadToken;

        var session = await context.AuthenticateAsync(Sessions.Scheme);
        if (session.Principal is { } principal && principal.FindFirst(Sessions.TokenId)?.Value is { } id && tokens.Live(id) is { } row)
        {
            // Antiforgery tokens are bound to a user.
            context.User = principal;
            return Caller.Of(row, AuthMethod.Session) with { Address = SourceAddress.Of(context).Text };
        }

        if (session.Principal is { } began && Person.Of(began) is { } person && person.May(config.Oidc) is { Most: > Permission.None } may)
        {
            context.User = began;
            return Caller.Of(person, may, SessionStore.KeyOf(session.Properties)) with { Address = SourceAddress.Of(context).Text };
        }

        return !NeedsLogin && MayReadFromHere(context) ? Caller.LocalReader : Caller.Anonymous;
    }

    /// <summary>Whether a caller that was recognized some time ago would still be recognized; for answers that stay open.</summary>
    public bool IsStill(Caller caller) => caller.AuthMethod switch
    {
        AuthMethod.Socket => true,
        AuthMethod.Near => !NeedsLogin,
        AuthMethod.Session when caller.Session is { } session => sessions.Has(session),
        _ => caller.TokenId is { } id && tokens.Live(id) is not null,
    };

    private bool MayReadFromHere(HttpContext context) => config.Readers.ContainsCaller(context) || (config.ReadAllow is null && Networks.IsThisMachine(context));
}
