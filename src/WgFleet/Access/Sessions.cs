using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using WgFleet.Store;

namespace WgFleet.Access;

/// <summary>
/// Sessions of browsers. A session is in memory, and the cookie only names it: a logout ends it for good, and so does a restart. No key
/// on disk can make a valid cookie.
/// </summary>
internal static class Sessions
{
    public const string Scheme = "session";
    public const string TokenId = "token";
    public const string Cookie = "wg-fleet-session";
    public const string FormCookie = "wg-fleet-form";

    /// <summary>A session without a request for this long ends.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(12);

    /// <summary>A person's session ends after this time, however busy it is: what the provider says of the person is asked at the login only.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    public static IServiceCollection AddSessions(this IServiceCollection services)
    {
        services.TryAddSingleton<IDataProtectionProvider, EphemeralDataProtectionProvider>();
        services.AddDataProtection();
        services.TryAddSingleton<SessionStore>();
        services.AddAuthentication(Scheme).AddCookie(Scheme);
        services.AddOptions<CookieAuthenticationOptions>(Scheme).Configure<SessionStore>((options, store) =>
        {
            options.Cookie.Name = Cookie;
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.ExpireTimeSpan = Idle;
            options.SlidingExpiration = true;
            options.SessionStore = store;
        });
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = FormCookie;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;

            // SecurityHeaders sets it for every answer.
            options.SuppressXFrameOptionsHeader = true;
        });
        return services;
    }

    /// <summary>Begins a session for the holder of this token; it ends with the token.</summary>
    public static Task BeginAsync(HttpContext context, TokenRow token) => BeginAsync(context, [new(TokenId, token.Id), new(ClaimTypes.NameIdentifier, token.Id)], new());

    /// <summary>Begins a session for a person whom the provider knows.</summary>
    public static Task BeginAsync(HttpContext context, Person person)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        return BeginAsync(context, person.ToClaims(), new() { IssuedUtc = now, ExpiresUtc = now + Longest, AllowRefresh = false });
    }

    /// <summary>Ends the session of this request, if there is one.</summary>
    public static Task EndAsync(HttpContext context) => context.SignOutAsync(Scheme);

    private static async Task BeginAsync(HttpContext context, IEnumerable<Claim> claims, AuthenticationProperties properties)
    {
        // A new login would go on with the number of the old session, which whoever has put it into this browser knows.
        if ((await context.AuthenticateAsync(Scheme)).Succeeded)
            await EndAsync(context);

        var handler = context.RequestServices.GetRequiredService<CookieAuthenticationHandler>();
        await handler.InitializeAsync((await context.RequestServices.GetRequiredService<IAuthenticationSchemeProvider>().GetSchemeAsync(Scheme))!, context);
        await handler.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme)), properties);
    }
}
