using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using WgFleet.Config;
using WgFleet.Config.Logins;

namespace WgFleet.Access.Oidc;

/// <summary>Sends people to the provider of <c>oidc</c> to log in (the code flow of OpenID Connect, with PKCE), and takes them back.</summary>
internal sealed class OidcLogin(IAuthenticationHandlerProvider handlers)
{
    /// <summary>Where a login begins.</summary>
    public const string Path = "/login/oidc";

    /// <summary>Where the provider sends people back to.</summary>
    public const string CallbackPath = "/login/oidc/callback";

    private const string Scheme = "oidc";

    /// <summary>A person who takes longer at the provider begins again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>How long the provider may take to answer this server, while the person waits.</summary>
    private static readonly TimeSpan ProviderTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Registers the login, if one is configured; it asks the provider nothing before the first person logs in.</summary>
    public static IServiceCollection Add(IServiceCollection services, ServerConfig server)
    {
        if (server.Oidc is not { } config)
            return services;

        services.AddAuthentication().AddOpenIdConnect(Scheme, options => Set(options, server, config));
        return services.AddScoped<OidcLogin>();
    }

    /// <summary>Redirects the browser to the provider.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">The page to go to afterwards.</param>
    /// <param name="asOther">Whether the provider asks who it is although it knows the person.</param>
    /// <exception cref="InvalidOperationException">The provider cannot be reached, or is another one than the configured.</exception>
    public static Task BeginAsync(HttpContext context, string next, bool asOther) =>
        context.ChallengeAsync(Scheme, new OpenIdConnectChallengeProperties { RedirectUri = next, Prompt = asOther ? OpenIdConnectPrompt.Login : null });

    /// <summary>Takes back a person whom the provider has sent here.</summary>
    public async Task<OidcOutcome> EndAsync(HttpContext context)
    {
        var handler = (IAuthenticationRequestHandler)(await handlers.GetHandlerAsync(context, Scheme))!;
        await handler.HandleRequestAsync();
        return context.Features.GetRequiredFeature<OidcOutcome>();
    }

    private static void Set(OpenIdConnectOptions options, ServerConfig server, OidcConfig config)
    {
        options.Authority = config.Issuer;
        options.RequireHttpsMetadata = config.Issuer.StartsWith("https:", StringComparison.Ordinal);
        options.ClientId = config.ClientId;
        options.CallbackPath = CallbackPath;
        options.SignInScheme = Sessions.Scheme;
        options.ResponseType = OpenIdConnectResponseType.Code;

        // By a GET, with which a browser sends cookies that are SameSite=Lax. Those of a POST from another site would have to be SameSite=None.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        foreach (var cookie in new[] { options.CorrelationCookie, options.NonceCookie })
        {
            cookie.SameSite = SameSiteMode.Lax;
            cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        }

        options.CorrelationCookie.Name = "wg-fleet-login.";
        options.NonceCookie.Name = "wg-fleet-nonce.";
        options.RemoteAuthenticationTimeout = Patience;
        options.BackchannelTimeout = ProviderTimeout;
        options.ProtocolValidator.NonceLifetime = Patience;

        // It would need the secret in the options.
        options.PushedAuthorizationBehavior = PushedAuthorizationBehavior.Disable;
        options.DisableTelemetry = true;
        options.MapInboundClaims = false;
        options.GetClaimsFromUserInfoEndpoint = true;
        options.ClaimActions.MapJsonKey(config.Claim, config.Claim);
        options.ClaimActions.MapJsonKey("email_verified", "email_verified");
        options.Scope.Clear();
        foreach (var scope in config.Scopes.Prepend(OpenIdConnectScope.OpenId).Distinct())
            options.Scope.Add(scope);

        options.Events = new OidcEvents(server, config);
    }
}
