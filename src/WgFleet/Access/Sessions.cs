using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
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

    public static IServiceCollection AddSessions(this IServiceCollection services)
    {
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddSingleton<SessionStore>();
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
    public static Task BeginAsync(HttpContext context, TokenRow token) => context.SignInAsync(
        Scheme, new ClaimsPrincipal(new ClaimsIdentity([new(TokenId, token.Id), new(ClaimTypes.NameIdentifier, token.Id)], Scheme)));

    /// <summary>Ends the session of this request, if there is one.</summary>
    public static Task EndAsync(HttpContext context) => context.SignOutAsync(Scheme);
}
