using WgFleet.Access;
using WgFleet.Access.Approvals;
using WgFleet.Access.Oidc;
using WgFleet.Config;

namespace WgFleet.Http;

/// <summary>Registers access control, and puts it into the pipeline.</summary>
internal static class AccessServices
{
    public static IServiceCollection AddAccess(this IServiceCollection services) => services
        .AddSingleton<Store.TokenStore>().AddSingleton<TokenRegistry>().AddSingleton<EnrollmentPolicy>().AddSingleton<Store.Approvals.ApprovalStore>().AddSingleton<ApprovalDesk>()
        .AddSingleton<CallerAuthenticator>().AddSingleton<BrowserGuard>().AddSingleton<AccessMiddleware>().AddSessions();

    /// <summary>Registers the login at a provider, if one is configured.</summary>
    public static IServiceCollection AddLogins(this IServiceCollection services, ServerConfig config) => OidcLogin.Add(services, config);

    /// <summary>After routing: checks each request against the rule of its endpoint.</summary>
    public static void UseAccess(this WebApplication app)
    {
        // Keeps ASP.NET Core from putting its own middleware first, which looks for a session in every request, pings included. CallerAuthenticator looks for
        // one where it counts.
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = true;
        var access = app.Services.GetRequiredService<AccessMiddleware>();
        app.Use(async (context, next) =>
        {
            if (!await access.RefusesAsync(context))
                await next(context);
        });
    }
}
