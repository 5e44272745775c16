using WgFleet.Config;
using WgFleet.Store;

namespace WgFleet.Access;

/// <summary>The state of a token at one time.</summary>
internal enum TokenState
{
    /// <summary>It is valid.</summary>
    Live,

    /// <summary>It has expired.</summary>
    Expired,

    /// <summary>All its uses are used up.</summary>
    UsedUp,

    /// <summary>An operator has revoked it.</summary>
    Revoked,
}

/// <summary>Computes and names the state of tokens.</summary>
internal static class TokenStates
{
    public static TokenState StateAt(this TokenRow token, DateTimeOffset now) =>
        token.RevokedAt is not null ? TokenState.Revoked
        : token.ExpiresAt <= now.UtcDateTime ? TokenState.Expired
        : token.Uses >= token.MaxUses ? TokenState.UsedUp
        : TokenState.Live;

    /// <summary>Those of its fleets that the configuration does not have: the token lets nobody in there.</summary>
    public static IReadOnlyList<string> UnknownFleets(this TokenRow token, ServerConfig config) =>
        [.. (token.Fleets ?? []).Except(config.Fleets.Select(f => f.Name))];

    /// <summary>The state's name in the API.</summary>
    public static string NameOf(TokenState state) => state switch
    {
        TokenState.Live => "live",
        TokenState.Expired => "expired",
        TokenState.UsedUp => "used_up",
        _ => "revoked",
    };
}
