using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Hosting;
using WgFleet.Http;

namespace WgFleet.Dashboard;

/// <summary>The page of tokens, /tokens, for those who may change something: what there is, how to end it, and one for machines.</summary>
internal static class TokenPages
{
    private const string Path = "/tokens";

    public static void MapTokenPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup(Path).ExcludeFromDescription().For(Audience.People, Permission.Write);
        pages.MapGet("", context => PageAsync(context));
        pages.MapPost("", CreateAsync);
        pages.MapPost("/{id}/revoke", RevokeAsync);
    }

    // Not with parameters: what is generated to fill them cannot see types that Razor's generator makes.
    private static Task PageAsync(HttpContext context, string? name = null, TokenSecret? secret = null)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var lines = context.RequestServices.GetRequiredService<TokenRegistry>().All.OrderByDescending(t => t.CreatedAt).Select(t => TokenTableRow.Of(t, now)).OrderBy(t => t.State != "live").ToArray();
        return new Html<TokensPage>(new()
        {
            [nameof(TokensPage.Tokens)] = lines,
            [nameof(TokensPage.Fleets)] = context.RequestServices.GetRequiredService<ServerConfig>().Fleets.Select(f => f.Name).ToArray(),
            [nameof(TokensPage.Made)] = name,
            [nameof(TokensPage.Secret)] = secret?.Reveal(),
            [nameof(TokensPage.Own)] = context.Caller().TokenId,
            [nameof(TokensPage.FlashMessage)] = context.RequestServices.GetRequiredService<FlashMessages>().Of(context),
            [nameof(TokensPage.Now)] = now,
        }).ExecuteAsync(context);
    }

    /// <summary>Makes one, and shows it in the answer itself: nowhere else is its text, in no link and no memory of ours.</summary>
    private static async Task CreateAsync(HttpContext context)
    {
        var services = context.RequestServices;
        try
        {
            var terms = MachineTokenForm.Read(await context.Request.ReadFormAsync(context.RequestAborted), services.GetRequiredService<ServerConfig>());
            var (token, secret) = services.GetRequiredService<TokenRegistry>().CreateEnrollment(terms, context.Caller().Name);
            await PageAsync(context, token.Name, secret);
        }
        catch (RefusedException e)
        {
            await services.GetRequiredService<FlashMessages>().Show(context, Path, new(e.Message, IsTrouble: true)).ExecuteAsync(context);
        }
    }

    private static Task RevokeAsync(HttpContext context)
    {
        var tokens = context.RequestServices.GetRequiredService<TokenRegistry>();
        var id = (string)context.GetRouteValue("id")!;
        FlashMessage notice;
        try
        {
            // By its id: the name may be another one's by now.
            var token = tokens.All.FirstOrDefault(t => t.Id == id && t.RevokedAt is null) ?? throw new RefusedException(Refusal.NotFound, "this token is revoked already");
            tokens.Revoke(token.Kind, token.Name, context.Caller().Name, mayOpen: false);
            notice = new($"Token {token.Name} is revoked: it, and every session that began with it, is good for nothing.");
        }
        catch (RefusedException e)
        {
            notice = new(e.Message, IsTrouble: true);
        }

        return context.RequestServices.GetRequiredService<FlashMessages>().Show(context, Path, notice).ExecuteAsync(context);
    }
}
