using WgFleet.Store;

namespace WgFleet.Access;

/// <summary>Who asks, as far as operators are concerned, and what they may.</summary>
/// <param name="Name">For the log and the page.</param>
/// <param name="Way">How they were recognised.</param>
/// <param name="May">The most they may.</param>
internal sealed record Caller(string Name, AuthMethod AuthMethod, Permission May)
{
    /// <summary>Nobody we know.</summary>
    public static readonly Caller Stranger = new("a stranger", AuthMethod.None, Permission.Nothing);

    /// <summary>Nobody we know, with a token that is good for nothing.</summary>
    public static readonly Caller Refused = new("a stranger", AuthMethod.BadToken, Permission.Nothing);

    /// <summary>Somebody near enough to read while there is no admin token.</summary>
    public static readonly Caller Neighbour = new("a neighbour", AuthMethod.Near, Permission.Read);

    /// <summary>Whoever may open the operators' socket.</summary>
    public static readonly Caller Root = new("root", AuthMethod.Socket, Permission.Root);

    /// <summary>The token behind it; null if there is none.</summary>
    public string? TokenId { get; private init; }

    public static Caller Of(TokenRow token, AuthMethod way) =>
        new(token.Name, way, token.Scope == TokenRow.Write ? Permission.Write : Permission.Read) { TokenId = token.Id };
}

/// <summary>How a caller was recognised.</summary>
internal enum AuthMethod
{
    None,
    BadToken,
    Near,
    Session,
    Token,
    Socket,
}

/// <summary>What an endpoint asks of its callers; each includes those before it.</summary>
internal enum Permission
{
    /// <summary>Anybody may.</summary>
    Nothing,

    /// <summary>To look.</summary>
    Read,

    /// <summary>To change something.</summary>
    Write,

    /// <summary>To be on the server itself, as root.</summary>
    Root,
}
