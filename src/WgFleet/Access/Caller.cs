using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Store;

namespace WgFleet.Access;

/// <summary>Who sent a request, as far as operators are concerned, and what they may do.</summary>
/// <param name="Name">The name for logs and pages.</param>
/// <param name="AuthMethod">How the caller was recognized.</param>
/// <param name="Permission">The most that the caller may do.</param>
internal sealed record Caller(string Name, AuthMethod AuthMethod, Permission Permission)
{
    /// <summary>A caller without a token, from anywhere.</summary>
    public static readonly Caller Anonymous = new("anonymous", AuthMethod.None, Permission.None);

    /// <summary>A caller with a token that is unknown, revoked or expired.</summary>
    public static readonly Caller BadToken = new("anonymous", AuthMethod.BadToken, Permission.None);

    /// <summary>A caller without a token, from a network that may read while there is no admin token.</summary>
    public static readonly Caller LocalReader = new("a local reader", AuthMethod.Near, Permission.Read);

    /// <summary>A caller on the admin socket, which only root can open.</summary>
    public static readonly Caller Root = new("root", AuthMethod.Socket, Permission.Root);

    /// <summary>The id of the caller's token; null without one.</summary>
    public string? TokenId { get; private init; }

    /// <summary>The person who has logged in at the provider; null if there is none.</summary>
    public Person? Person { get; private init; }

    /// <summary>The rights of a person; null for callers whose permission is the same in all fleets.</summary>
    public FleetRights? Rights { get; private init; }

    /// <summary>What the caller may do with what is about the whole server.</summary>
    public Permission Everywhere => Rights?.Everywhere ?? Permission;

    /// <summary>The session of the caller; null without one.</summary>
    public string? Session { get; private init; }

    /// <summary>Who shares with the caller what is counted or kept for each: the token with all its sessions, or the person; null for others.</summary>
    public string? Holder => TokenId ?? Person?.Name;

    /// <summary>The address that the request came from; null on the admin socket.</summary>
    public string? Address { get; init; }

    /// <summary>The caller as events name them.</summary>
    public FleetOperator Operator => new(Name, AuthMethod switch { AuthMethod.Socket => "socket", AuthMethod.Session => "session", _ => "token" }, Address);

    public static Caller Of(TokenRow token, AuthMethod method) =>
        new(token.Name, method, token.Scope == TokenRow.Write ? Permission.Write : Permission.Read) { TokenId = token.Id };

    public static Caller Of(Person person, FleetRights rights, string? session) => new(person.Name, AuthMethod.Session, rights.Most) { Person = person, Session = session, Rights = rights };

    /// <summary>What the caller may do in that fleet.</summary>
    public Permission In(string fleet) => Rights?.In(fleet) ?? Permission;

    /// <summary>The fleets of a snapshot that the caller may see.</summary>
    public Snapshot Sees(Snapshot snapshot) => Everywhere >= Permission.Read ? snapshot : snapshot with { Fleets = [.. snapshot.Fleets.Where(f => In(f.Config.Name) >= Permission.Read)] };

    /// <summary>Fills a handler's parameter with the caller that the access middleware has recognized.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => new(context.Caller());
}

/// <summary>The caller of a request.</summary>
internal static class CallerOfRequest
{
    /// <summary>The caller that the access middleware has recognized; anonymous on routes that anybody may use.</summary>
    public static Caller Caller(this HttpContext context) => context.Features.Get<Caller>() ?? Access.Caller.Anonymous;
}

/// <summary>How a caller was recognized.</summary>
internal enum AuthMethod
{
    None,
    BadToken,
    Near,
    Session,
    Token,
    Socket,
}

/// <summary>What a caller may do; each value includes those before it.</summary>
internal enum Permission
{
    /// <summary>Only what everybody may do.</summary>
    None,

    /// <summary>Read everything that is no secret.</summary>
    Read,

    /// <summary>Change clients, hooks and fleets.</summary>
    Write,

    /// <summary>Decide who may read and write: root on the server.</summary>
    Root,
}
