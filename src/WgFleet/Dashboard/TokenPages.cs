using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Access;
using WgFleet.Http;

namespace WgFleet.Dashboard;

/// <summary>The page of tokens, /tokens, for those who may change something: what there is, and how to end it.</summary>
internal static class TokenPages
{
    private const string Path = "/tokens";

    public static void MapTokenPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup(Path).ExcludeFromDescription().For(Audience.People, Need.Write);
        pages.MapGet("", PageAsync);
        pages.MapPost("/{id}/revoke", RevokeAsync);
    }

    // Not with parameters: what is generated to fill them cannot see types that Razor's generator makes.
    private static Task PageAsync(HttpContext context)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var lines = context.RequestServices.GetRequiredService<TokenBook>().All.Select(t => TokenLine.Of(t, now)).Reverse().OrderBy(t => t.State != "live").ToArray();
        return new Html<TokensPage>(new()
        {
            [nameof(TokensPage.Tokens)] = lines,
            [nameof(TokensPage.Own)] = context.Caller().TokenId,
            [nameof(TokensPage.Notice)] = context.RequestServices.GetRequiredService<Notices>().Of(context),
            [nameof(TokensPage.Now)] = now,
        }).ExecuteAsync(context);
    }

    private static Task RevokeAsync(HttpContext context)
    {
        var tokens = context.RequestServices.GetRequiredService<TokenBook>();
        var id = (string)context.GetRouteValue("id")!;
        Notice notice;
        try
        {
            // By its id: the name may be another one's by now.
            var token = tokens.All.FirstOrDefault(t => t.Id == id && t.RevokedAt is null) ?? throw new TokenException(TokenTrouble.Unknown, "this token is revoked already");
            tokens.Revoke(token.Kind, token.Name, context.Caller().Name, mayOpen: false);
            notice = new($"Token {token.Name} is revoked: it, and every session that began with it, is good for nothing.");
        }
        catch (TokenException e)
        {
            notice = new(e.Message, IsTrouble: true);
        }

        return context.RequestServices.GetRequiredService<Notices>().Show(context, Path, notice).ExecuteAsync(context);
    }
}
