using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using WgFleet.Config;
using WgFleet.Config.Logins;
using WgFleet.Linux.Secrets;

namespace WgFleet.Access.Oidc;

/// <summary>What this server does at the steps of a login at the provider; ASP.NET Core does all others.</summary>
internal sealed class OidcEvents(ServerConfig server, OidcConfig config) : OpenIdConnectEvents
{
    private const int LongestSecret = 1024;

    /// <inheritdoc/>
    public override async Task RedirectToIdentityProvider(RedirectContext context)
    {
        var provider = await context.Options.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted);
        if (!IsOurs(provider.Issuer))
            throw new InvalidOperationException($"the provider calls itself {provider.Issuer}, not {config.Issuer}: set oidc.issuer to that");

        // The provider compares it with what it has been told about this server.
        if (server.PublicUrl is { } url)
            context.ProtocolMessage.RedirectUri = url.GetLeftPart(UriPartial.Authority) + OidcLogin.CallbackPath;
    }

    /// <summary>Adds the secret of this server, as the file has it now.</summary>
    public override Task AuthorizationCodeReceived(AuthorizationCodeReceivedContext context)
    {
        if (config.ClientSecretFile is { } file)
            context.TokenEndpointRequest!.ClientSecret = SecretIn(file);

        return Task.CompletedTask;
    }

    /// <summary>
    /// Refuses a token of another provider than the configured one, whatever the provider's settings say, and one that is not signed, which the standard
    /// allows where the provider's certificate was checked.
    /// </summary>
    public override Task TokenValidated(TokenValidatedContext context)
    {
        if (!IsOurs(context.SecurityToken.Issuer))
            context.Fail($"the token is of {context.SecurityToken.Issuer}, not of {config.Issuer}");
        else if (context.SecurityToken.SignatureAlgorithm is null or "none")
            context.Fail("the token is not signed");

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task TicketReceived(TicketReceivedContext context) => EndAsync(context, new(Person.ToldBy(context.Principal!, config), context.ReturnUri, null));

    /// <inheritdoc/>
    public override Task AccessDenied(AccessDeniedContext context) => EndAsync(context, new(null, context.ReturnUrl, "it was cancelled at the provider") { IsDenied = true });

    /// <inheritdoc/>
    public override Task RemoteFailure(RemoteFailureContext context) =>
        EndAsync(context, new(null, context.Properties?.RedirectUri, context.Failure?.Message ?? "the provider's answer cannot be read"));

    /// <summary>The secret in a file.</summary>
    /// <exception cref="IOException">It cannot be read, or is empty: a sentence for the operator.</exception>
    public static string SecretIn(string file)
    {
        var buffer = new byte[LongestSecret];
        var secret = Encoding.UTF8.GetString(buffer, 0, SecretText.Read(file, buffer)).Trim();
        return secret.Length > 0 ? secret : throw new IOException($"secret file {file} is empty");
    }

    // The endpoint answers, see OidcLogin.
    private static Task EndAsync<T>(HandleRequestContext<T> context, OidcOutcome outcome)
        where T : AuthenticationSchemeOptions
    {
        context.HttpContext.Features.Set(outcome);
        context.HandleResponse();
        return Task.CompletedTask;
    }

    // Some providers end their name with a slash.
    private bool IsOurs(string? issuer) => issuer is not null && issuer.TrimEnd('/') == config.Issuer.TrimEnd('/');
}
