using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using System.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using WgFleet.Config;
using WgFleet.Config.Logins;

namespace WgFleet.Tests.Access.Oidc;

/// <summary>A provider whose tokens a test can forge in ways that a real one does not.</summary>
internal sealed class ForgingProvider : IAsyncDisposable
{
    private static readonly RSA Key = RSA.Create(2048);

    private readonly WebApplication _app;

    private ForgingProvider(WebApplication app) => _app = app;

    public string Issuer => _app.Urls.Single();

    /// <summary>What the provider says that it is called; null for its address.</summary>
    public string? CalledInstead { get; set; }

    /// <summary>Changes the token that it issues.</summary>
    public Action<SecurityTokenDescriptor> Forge { get; set; } = _ => { };

    /// <summary>The nonce of the login that is under way.</summary>
    public string Nonce { get; set; } = "";

    /// <summary>The last request for a token.</summary>
    public IFormCollection? Asked { get; private set; }

    public static async Task<ForgingProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var provider = new ForgingProvider(app);
        app.MapGet("/.well-known/openid-configuration", () => Json(new
        {
            issuer = provider.CalledInstead ?? provider.Issuer,
            authorization_endpoint = $"{provider.Issuer}/auth",
            token_endpoint = $"{provider.Issuer}/token",
            jwks_uri = $"{provider.Issuer}/jwks",
        }));
        app.MapGet("/jwks", () => Json(new { keys = new[] { Public } }));
        app.MapPost("/token", async (HttpContext context) =>
        {
            provider.Asked = await context.Request.ReadFormAsync();
            return Json(new { access_token = "x", token_type = "Bearer", id_token = provider.Token() });
        });
        await app.StartAsync(TestServer.Ct);
        return provider;
    }

    public ServerConfig Configure(ServerConfig config) => config with
    {
        Oidc = new OidcConfig { Issuer = Issuer, ClientId = "wg-fleet", Name = "Forger", Roles = [new("netops", MayChange: true)] },
    };

    /// <summary>Logs in, and gives the server's answer.</summary>
    public async Task<HttpResponseMessage> LogInAsync(Browser browser)
    {
        using var begun = await browser.GetAsync("/login/oidc");
        begun.StatusCode.ShouldBe(System.Net.HttpStatusCode.Redirect);
        var asked = HttpUtility.ParseQueryString(begun.Headers.Location!.Query);
        Nonce = asked["nonce"]!;
        return await browser.GetAsync($"/login/oidc/callback?code=x&state={Uri.EscapeDataString(asked["state"]!)}");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static object Public => new { kty = "RSA", use = "sig", alg = "RS256", kid = "k", n = Base64UrlEncoder.Encode(Key.ExportParameters(false).Modulus), e = Base64UrlEncoder.Encode(Key.ExportParameters(false).Exponent) };

    private static IResult Json(object value) => Results.Text(JsonSerializer.Serialize(value), "application/json");

    private string Token()
    {
        var token = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = "wg-fleet",
            Subject = new ClaimsIdentity([new("sub", "7"), new("nonce", Nonce), new("groups", "netops")]),
            SigningCredentials = new(new RsaSecurityKey(Key) { KeyId = "k" }, SecurityAlgorithms.RsaSha256),
        };
        Forge(token);
        return new JsonWebTokenHandler().CreateToken(token);
    }
}
