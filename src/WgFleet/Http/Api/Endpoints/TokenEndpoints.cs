using Microsoft.AspNetCore.Http.HttpResults;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>Admin tokens and enrollment tokens. Only root on the server creates them here, so that revoking a stolen token is enough.</summary>
internal static class TokenEndpoints
{
    private const string Section = "tokens";

    public static void MapTokens(this ApiRoutes api)
    {
        api.Read.MapGet("/tokens", All).Describe(Section, "listTokens", "All tokens, without their secrets");
        api.Root.MapPost("/tokens", CreateAsync).Describe(Section, "createToken", "Creates a token and shows its secret, only this once; only over the admin socket");
        api.Write.MapDelete("/tokens/{name}", RevokeAsync).Describe(Section, "revokeToken", "Revokes a token and ends the sessions that began with it");
    }

    private static Ok<TokensResponse> All(TokenRegistry tokens, ServerConfig config, TimeProvider time)
    {
        var now = time.GetUtcNow();
        return TypedResults.Ok(new TokensResponse([.. tokens.All.Select(t => TokenInfo.Of(t, config, now))]));
    }

    private static async Task<Ok<TokenInfo>> RevokeAsync(string name, Caller caller, TokenRegistry tokens, ServerConfig config, TimeProvider time) =>
        TypedResults.Ok(TokenInfo.Of(await tokens.RevokeAsync(null, name, caller.Operator, mayOpen: caller.Permission == Permission.Root), config, time.GetUtcNow()));

    private static async Task<Created<NewToken>> CreateAsync(HttpContext context, TokenRequest body, Caller caller, TokenRegistry tokens, ServerConfig config, TimeProvider time)
    {
        Check(body, config);
        body = body with { Fleets = Named(body, config) };
        var (token, secret) = body.Kind == TokenRow.Enrollment
            ? await tokens.CreateEnrollmentAsync(body.ToTerms(), caller.Operator)
            : await tokens.CreateAdminAsync(body.Name ?? "", body.Scope ?? "", body.Lifetime, caller.Operator);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created((string?)null, new NewToken(TokenInfo.Of(token, config, time.GetUtcNow()), secret.Reveal()));
    }

    /// <exception cref="RefusedException">The request is invalid.</exception>
    private static void Check(TokenRequest body, ServerConfig config)
    {
        if (body.Kind is not (null or TokenRow.Admin or TokenRow.Enrollment))
            throw Invalid("kind is admin or enrollment");

        if (body.LifetimeSeconds is <= 0 or > TokenRequest.MaxSeconds)
            throw Invalid("lifetime_seconds is 1 to 315360000 (ten years)");

        if (body.Kind != TokenRow.Enrollment)
        {
            if (body.HasEnrollmentTerms)
                throw Invalid("fleet, fleets, max_uses, prune_timeout_seconds and tags are for kind enrollment");

            return;
        }

        if (body.Scope is not null)
            throw Invalid("scope is for kind admin");

        if (body.PruneTimeoutSeconds is <= 0 or > TokenRequest.MaxSeconds)
            throw Invalid("prune_timeout_seconds is 60 to 315360000");

        if (body.Fleet is not null && body.Fleets is not null)
            throw Invalid("fleet is for one fleet and fleets for several, use one of them");
    }

    /// <summary>The fleets of the request as the configuration spells them; null for all.</summary>
    /// <exception cref="RefusedException">There is no such fleet.</exception>
    private static IReadOnlyList<string>? Named(TokenRequest body, ServerConfig config) =>
        (body.Fleets ?? (body.Fleet is { } one ? [one] : null)) is { } asked ? [.. asked.Select(name => FleetCalled(name, config)).Distinct()] : null;

    private static string FleetCalled(string? name, ServerConfig config) =>
        config.Fleets.FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Name ?? throw Invalid($"there is no fleet '{name}'");

    private static RefusedException Invalid(string message) => new(Refusal.Invalid, message);
}
