using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Http.Machines;
using WgFleet.Store;

namespace WgFleet.Http.Api;

/// <summary>The tokens of operators and machines. One is made on the server itself alone, so that a stolen one can be revoked for good.</summary>
internal static class TokenEndpoints
{
    public static void MapTokens(this ApiRoutes api)
    {
        api.Looks.MapGet("/tokens", All).Says<TokensResponse>("All tokens, without what lets their holders in", "tokens");
        api.Rules.MapPost("/tokens", CreateAsync).Takes<TokenRequest>().Says<NewToken>("Makes a token and shows it, this once; on the operators' socket alone", "tokens", StatusCodes.Status201Created);
        api.Acts.MapDelete("/tokens/{name}", Revoke).Says<TokenInfo>("Ends a token, and the sessions that began with it", "tokens");
    }

    private static Answer All([FromServices] TokenRegistry tokens, [FromServices] TimeProvider time)
    {
        var now = time.GetUtcNow();
        return Answer.Of(new TokensResponse([.. tokens.All.Select(t => TokenInfo.Of(t, now))]), AdminJson.Default.TokensResponse);
    }

    private static Answer Revoke(string name, HttpContext context, [FromServices] TokenRegistry tokens, [FromServices] TimeProvider time)
    {
        var caller = context.Caller();
        var revoked = tokens.Revoke(null, name, caller.Name, mayOpen: caller.May == Permission.Root);
        return Answer.Of(TokenInfo.Of(revoked, time.GetUtcNow()), AdminJson.Default.TokenInfo);
    }

    private static async Task<Answer> CreateAsync(
        HttpContext context, [FromServices] TokenRegistry tokens, [FromServices] ServerConfig config, [FromServices] TimeProvider time)
    {
        var (wish, refusal) = await ApiBody.ReadAsync(context, AdminJson.Default.TokenRequest);
        if (wish is null)
            return refusal!;

        if (Wrong(wish, config) is { } wrong)
            return Problems.Of(StatusCodes.Status400BadRequest, wrong);

        var by = context.Caller().Name;
        var (token, secret) = wish.Kind == TokenRow.Enrollment
            ? tokens.CreateEnrollment(wish.ToTerms(), by)
            : tokens.CreateAdmin(wish.Name ?? "", wish.Scope ?? "", wish.Lifetime, by);
        context.Response.Headers.CacheControl = "no-store";
        return Answer.Of(new NewToken(TokenInfo.Of(token, time.GetUtcNow()), secret.Reveal()), AdminJson.Default.NewToken, StatusCodes.Status201Created);
    }

    /// <summary>Why there can be no such token; null if there can.</summary>
    private static string? Wrong(TokenRequest wish, ServerConfig config)
    {
        if (wish.Kind is not (null or TokenRow.Admin or TokenRow.Enrollment))
            return "kind is admin or enrollment";

        if (wish.LifetimeSeconds is <= 0 or > TokenRequest.LongestSeconds)
            return "lifetime_seconds is 1 to 315360000 (ten years)";

        if (wish.Kind != TokenRow.Enrollment)
            return wish.OfMachines ? "fleet, max_uses, prune_timeout_seconds and tags are for kind enrollment" : null;

        if (wish.Scope is not null)
            return "scope is for kind admin";

        if (wish.PruneTimeoutSeconds is <= 0 or > TokenRequest.LongestSeconds)
            return "prune_timeout_seconds is 60 to 315360000";

        return wish.Fleet is { } fleet && config.Fleets.All(f => f.Name != fleet) ? $"there is no fleet '{fleet}'" : null;
    }
}

/// <summary>All tokens.</summary>
internal sealed record TokensResponse(IReadOnlyList<TokenInfo> Tokens);

/// <summary>A token as operators are told of it: all but what lets its holder in.</summary>
internal sealed record TokenInfo
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Kind { get; init; }

    public string? Scope { get; init; }

    /// <summary>"live", "expired", "used_up" or "revoked".</summary>
    public required string State { get; init; }

    /// <summary>The one fleet that it lets machines into; absent for all.</summary>
    public string? Fleet { get; init; }

    /// <summary>How many clients it lets in; absent for any number.</summary>
    public int? MaxUses { get; init; }

    /// <summary>How many it has let in; absent for a token of operators.</summary>
    public int? Uses { get; init; }

    /// <summary>How long its clients may be quiet; absent for what the configuration says.</summary>
    public long? PruneTimeoutSeconds { get; init; }

    /// <summary>What its clients get noted.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public static TokenInfo Of(TokenRow token, DateTimeOffset now) => new()
    {
        Id = token.Id,
        Name = token.Name,
        Kind = token.Kind,
        Scope = token.Scope,
        State = TokenStates.NameOf(token.StateAt(now)),
        Fleet = token.Fleet,
        MaxUses = token.MaxUses,
        Uses = token.Kind == TokenRow.Enrollment ? token.Uses : null,
        PruneTimeoutSeconds = token.PruneTimeout,
        Tags = token.Tags is null ? null : Store.Tags.Read(token.Tags),
        CreatedAt = token.CreatedAt,
        ExpiresAt = token.ExpiresAt,
        RevokedAt = token.RevokedAt,
    };
}

/// <summary>A token that was just made: the one answer that holds its text.</summary>
internal sealed record NewToken(TokenInfo Token, string Secret);

/// <summary>What a token shall be.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record TokenRequest
{
    public const long LongestSeconds = 315_360_000;

    public string? Name { get; init; }

    /// <summary>"admin" for operators, also where it is absent; "enrollment" for machines.</summary>
    public string? Kind { get; init; }

    /// <summary>"read" or "write"; of kind admin.</summary>
    public string? Scope { get; init; }

    public long? LifetimeSeconds { get; init; }

    /// <summary>The one fleet that it lets machines into; all where it is absent.</summary>
    public string? Fleet { get; init; }

    /// <summary>How many clients it lets in; any number where it is absent.</summary>
    public int? MaxUses { get; init; }

    /// <summary>How long its clients may be quiet; what the configuration says where it is absent.</summary>
    public long? PruneTimeoutSeconds { get; init; }

    /// <summary>What its clients get noted.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    internal TimeSpan? Lifetime => Span(LifetimeSeconds);

    /// <summary>Whether it says something that only a token of machines can have.</summary>
    internal bool OfMachines => Fleet is not null || MaxUses is not null || PruneTimeoutSeconds is not null || Tags is not null;

    internal EnrollmentTerms ToTerms() => new(Name ?? "")
    {
        Fleet = Fleet,
        MaxUses = MaxUses,
        Lifetime = Lifetime,
        PruneTimeout = Span(PruneTimeoutSeconds),
        Tags = Tags ?? Store.Tags.None,
    };

    private static TimeSpan? Span(long? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;
}
