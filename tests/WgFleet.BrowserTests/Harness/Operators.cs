using Microsoft.Extensions.DependencyInjection;
using WgFleet.Access;
using WgFleet.Store;

namespace WgFleet.BrowserTests.Harness;

/// <summary>Those who have something to show at the login page.</summary>
internal static class Operators
{
    /// <summary>Makes a token and gives its text.</summary>
    public static string Token(this TestServer server, string scope = TokenRow.Write, string name = "ops", TimeSpan? lifetime = null) =>
        server.Services.GetRequiredService<TokenRegistry>().CreateAdmin(name, scope, lifetime, "a test").Secret.Reveal();
}
