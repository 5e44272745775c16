using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Store;

namespace WgFleet.Http.Api;

/// <summary>All tokens.</summary>
internal sealed record TokensResponse(IReadOnlyList<TokenInfo> Tokens);

/// <summary>A token as operators see it: all but its secret.</summary>
internal sealed record TokenInfo
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Kind { get; init; }

    public string? Scope { get; init; }

    /// <summary>"live", "expired", "used_up" or "revoked".</summary>
    public required string State { get; init; }

    /// <summary>The one fleet that it lets machines into; absent for several, and for all.</summary>
    public string? Fleet { get; init; }

    /// <summary>The fleets that it lets machines into; absent for all.</summary>
    public IReadOnlyList<string>? Fleets { get; init; }

    /// <summary>Those of its fleets that the configuration does not have; absent if it has them all.</summary>
    public IReadOnlyList<string>? UnknownFleets { get; init; }

    /// <summary>How many clients it lets in; absent for any number.</summary>
    public int? MaxUses { get; init; }

    /// <summary>How many it has let in; absent for an admin token.</summary>
    public int? Uses { get; init; }

    /// <summary>How long its clients may be silent before they are pruned; absent where the configuration says it.</summary>
    public long? PruneTimeoutSeconds { get; init; }

    /// <summary>The tags that its clients get.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public static TokenInfo Of(TokenRow token, ServerConfig config, DateTimeOffset now) => new()
    {
        Id = token.Id,
        Name = token.Name,
        Kind = token.Kind,
        Scope = token.Scope,
        State = TokenStates.NameOf(token.StateAt(now)),
        Fleet = token.Fleets is [var only] ? only : null,
        Fleets = token.Fleets,
        UnknownFleets = token.UnknownFleets(config) is { Count: > 0 } unknown ? unknown : null,
        MaxUses = token.MaxUses,
        Uses = token.Kind == TokenRow.Enrollment ? token.Uses : null,
        PruneTimeoutSeconds = token.PruneTimeout,
        Tags = token.Tags is null ? null : Store.Tags.Read(token.Tags),
        CreatedAt = token.CreatedAt,
        ExpiresAt = token.ExpiresAt,
        RevokedAt = token.RevokedAt,
    };
}

/// <summary>A token that was just made: the only answer that holds its secret.</summary>
internal sealed record NewToken(TokenInfo Token, string Secret);
