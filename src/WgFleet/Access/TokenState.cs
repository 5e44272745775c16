using WgFleet.Store;

namespace WgFleet.Access;

/// <summary>What a token is good for at a time.</summary>
internal enum TokenState
{
    /// <summary>It lets its holder in.</summary>
    Live,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>It has let in as many clients as it may.</summary>
    UsedUp,

    /// <summary>An operator has revoked it.</summary>
    Revoked,
}

/// <summary>Tells the state of tokens.</summary>
internal static class TokenStates
{
    public static TokenState StateAt(this TokenRow token, DateTimeOffset now) =>
        token.RevokedAt is not null ? TokenState.Revoked
        : token.ExpiresAt <= now.UtcDateTime ? TokenState.Expired
        : token.Uses >= token.MaxUses ? TokenState.UsedUp
        : TokenState.Live;

    /// <summary>The state's name in the API.</summary>
    public static string NameOf(TokenState state) => state switch
    {
        TokenState.Live => "live",
        TokenState.Expired => "expired",
        TokenState.UsedUp => "used_up",
        _ => "revoked",
    };
}
