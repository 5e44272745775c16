using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Dashboard.Site;
using WgFleet.Hosting;
using WgFleet.Http;
using WgFleet.Store;

namespace WgFleet.Dashboard.TokenPages;

/// <summary>The page of tokens, and its forms: make an enrollment token, revoke any token.</summary>
internal static class TokenPageEndpoints
{
    private const string Path = "/tokens";

    public static void MapTokenPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup(Path).ExcludeFromDescription().Require(Audience.People, Permission.Write);
        pages.MapGet("", (HttpContext context) => Show(context));
        pages.MapPost("", CreateAsync);
        pages.MapPost("/{id}/revoke", RevokeAsync);
    }

    private static PageResult Show(HttpContext context, TokenRow? created = null, TokenSecret? secret = null)
    {
        var services = context.RequestServices;
        var config = services.GetRequiredService<ServerConfig>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var rows = services.GetRequiredService<TokenRegistry>().All.OrderByDescending(t => t.CreatedAt).Select(t => TokenTableRow.Of(t, config, now));
        var page = new TokensPage
        {
            Tokens = [.. rows.OrderBy(t => t.State != TokenTableRow.Live)],
            Fleets = [.. config.Fleets.Select(f => f.Name)],
            Created = created?.Name,
            Secret = secret?.Reveal(),
            Commands = secret is { } made ? [.. (created!.Fleets ?? [config.Fleets[0].Name]).Select(fleet => JoinCommand(context, fleet, made.Reveal()))] : [],
            Own = context.Caller().TokenId,
            FlashMessage = services.GetRequiredService<FlashMessages>().Of(context),
        };
        return new PageResult(page, now);
    }

    /// <summary>Answers with the page itself and not with a redirect, so that the secret is in no link and is not kept.</summary>
    private static async Task<IResult> CreateAsync(
        HttpContext context, [FromServices] TokenRegistry tokens, [FromServices] ServerConfig config, [FromServices] FlashMessages messages)
    {
        try
        {
            var terms = EnrollmentTokenForm.Read(await context.Request.ReadFormAsync(context.RequestAborted), config);
            var (token, secret) = await tokens.CreateEnrollmentAsync(terms, context.Caller().Operator);
            return Show(context, token, secret);
        }
        catch (RefusedException e)
        {
            return messages.Show(context, Path, new(e.Message, IsTrouble: true));
        }
    }

    /// <summary>What a machine runs to join with a token, as root or not.</summary>
    private static string JoinCommand(HttpContext context, string fleet, string token)
    {
        var server = context.RequestServices.GetRequiredService<ServerConfig>().PublicUrl?.GetLeftPart(UriPartial.Authority) ?? $"{context.Request.Scheme}://{context.Request.Host}";
        return $"sudo sh -c 'umask 077; mkdir -p /etc/wg-fleet-join; echo {token} > /etc/wg-fleet-join/{fleet}.token' && "
            + $"curl -sSf {server}/fleet/{fleet}/join.sh -o join.sh && sudo sh join.sh --install";
    }

    private static async Task<IResult> RevokeAsync(string id, HttpContext context, [FromServices] TokenRegistry tokens, [FromServices] FlashMessages messages)
    {
        FlashMessage message;
        try
        {
            // By id, because another token may have the name now.
            var token = tokens.All.FirstOrDefault(t => t.Id == id && t.RevokedAt is null) ?? throw new RefusedException(Refusal.NotFound, "this token is already revoked");
            await tokens.RevokeAsync(token.Kind, token.Name, context.Caller().Operator, mayOpen: false);
            message = new($"Token {token.Name} is revoked. Sessions that began with it have ended.");
        }
        catch (RefusedException e)
        {
            message = new(e.Message, IsTrouble: true);
        }

        return messages.Show(context, Path, message);
    }
}
