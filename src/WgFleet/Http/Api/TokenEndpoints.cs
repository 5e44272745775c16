using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Store;

namespace WgFleet.Http.Api;

/// <summary>The tokens of operators. One is made on the server itself alone, so that a stolen one can be revoked for good.</summary>
internal static class TokenEndpoints
{
    public static void MapTokens(this ApiRoutes api)
    {
        api.Looks.MapGet("/tokens", All).Says<TokensAnswer>("All tokens, without what lets their holders in", "tokens");
        api.Rules.MapPost("/tokens", CreateAsync).Takes<TokenWish>().Says<NewToken>("Makes a token and shows it, this once; on the operators' socket alone", "tokens", StatusCodes.Status201Created);
        api.Acts.MapDelete("/tokens/{name}", Revoke).Says<TokenFacts>("Ends a token, and the sessions that began with it", "tokens");
    }

    private static Answer All([FromServices] TokenBook tokens, [FromServices] TimeProvider time)
    {
        var now = time.GetUtcNow();
        return Answer.Of(new TokensAnswer([.. tokens.All.Select(t => TokenFacts.Of(t, now))]), AdminJson.Default.TokensAnswer);
    }

    private static Answer Revoke(string name, HttpContext context, [FromServices] TokenBook tokens, [FromServices] TimeProvider time)
    {
        var caller = context.Caller();
        var revoked = tokens.Revoke(TokenRow.Admin, name, caller.Name, mayOpen: caller.May == Need.Root);
        return Answer.Of(TokenFacts.Of(revoked, time.GetUtcNow()), AdminJson.Default.TokenFacts);
    }

    private static async Task<Answer> CreateAsync(HttpContext context, [FromServices] TokenBook tokens, [FromServices] TimeProvider time)
    {
        var (wish, refusal) = await ApiBody.ReadAsync(context, AdminJson.Default.TokenWish);
        if (wish is null)
            return refusal!;

        if (wish.LifetimeSeconds is <= 0 or > TokenWish.LongestSeconds)
            return Problems.Of(StatusCodes.Status400BadRequest, "lifetime_seconds is 1 to 315360000 (ten years)");

        var lifetime = wish.LifetimeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var (token, secret) = tokens.CreateAdmin(wish.Name ?? "", wish.Scope ?? "", lifetime, context.Caller().Name);
        context.Response.Headers.CacheControl = "no-store";
        return Answer.Of(new NewToken(TokenFacts.Of(token, time.GetUtcNow()), secret.Reveal()), AdminJson.Default.NewToken, StatusCodes.Status201Created);
    }
}

/// <summary>All tokens.</summary>
internal sealed record TokensAnswer(IReadOnlyList<TokenFacts> Tokens);

/// <summary>A token as operators are told of it: all but what lets its holder in.</summary>
internal sealed record TokenFacts
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Kind { get; init; }

    public string? Scope { get; init; }

    /// <summary>"live", "expired" or "revoked".</summary>
    public required string State { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public static TokenFacts Of(TokenRow token, DateTimeOffset now) => new()
    {
        Id = token.Id,
        Name = token.Name,
        Kind = token.Kind,
        Scope = token.Scope,
        State = token.RevokedAt is not null ? "revoked" : token.ExpiresAt <= now.UtcDateTime ? "expired" : "live",
        CreatedAt = token.CreatedAt,
        ExpiresAt = token.ExpiresAt,
        RevokedAt = token.RevokedAt,
    };
}

/// <summary>A token that was just made: the one answer that holds its text.</summary>
internal sealed record NewToken(TokenFacts Token, string Secret);

/// <summary>What a token shall be.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record TokenWish
{
    public const long LongestSeconds = 315_360_000;

    public string? Name { get; init; }

    public string? Scope { get; init; }

    public long? LifetimeSeconds { get; init; }
}
