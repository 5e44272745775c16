using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using WgFleet.Access;
using WgFleet.BrowserTests.Harness;
using WgFleet.Store;
using static Microsoft.Playwright.Assertions;

namespace WgFleet.BrowserTests;

/// <summary>Somebody gets a page that says no, and goes on from there.</summary>
public class WayBackTests(Chromium chromium)
{
    [Theory]
    [InlineData("/nosuch", 404, "Page not found")]
    [InlineData("/fleet/nosuch", 404, "Fleet not found")]
    [InlineData("/fleet/alpha?sort=size", 400, "Not possible")]
    public async Task From_a_wrong_address_an_operator_goes_back_to_the_fleets(string path, int status, string heading)
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        await using var tab = await Tab.OpenAsync(chromium, server, server.Token());

        (await tab.GoAsync(path))!.Status.ShouldBe(status);

        await Expect(Heading(tab)).ToHaveTextAsync(heading);
        await Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Log out" })).ToBeVisibleAsync();
        await LookAsync(tab, $"refused-{status}{path.Split('?')[0].Replace('/', '-')}");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "All fleets" }).ClickAsync();
        await Expect(Heading(tab)).ToHaveTextAsync("wg-fleet Manager");
    }

    [Fact]
    public async Task Who_may_only_read_logs_in_with_another_token_and_is_where_they_wanted_to_be()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        var writer = server.Token();
        await using var tab = await Tab.OpenAsync(chromium, server, server.Token(TokenRow.Read, "looks"));

        (await tab.GoAsync("/tokens"))!.Status.ShouldBe(403);
        await LookAsync(tab, "refused-403");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Log in with another token" }).ClickAsync();
        await tab.Page.GetByLabel("Token").FillAsync(writer);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();

        await Expect(Heading(tab)).ToHaveTextAsync("Tokens");
    }

    [Fact]
    public async Task Whose_login_has_ended_when_they_press_a_button_logs_in_and_is_back_at_the_page()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        var client = await server.JoinAsync();
        var writer = server.Token(name: "second");
        await using var tab = await Tab.OpenAsync(chromium, server, server.Token(name: "first"));

        // A page that is kept up to date would learn that the login has ended, and have no button any more.
        await tab.Page.RouteAsync("**/*", route => route.Request.ResourceType == "eventsource" ? Task.CompletedTask : route.ContinueAsync());
        await tab.GoAsync($"/fleet/alpha/clients/{client.Address}");
        server.Services.GetRequiredService<TokenRegistry>().Revoke(TokenRow.Admin, "first", "a test", mayOpen: false);

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Pin" }).ClickAsync();
        await Expect(Heading(tab)).ToHaveTextAsync("Not logged in");
        await LookAsync(tab, "refused-401");
        await tab.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Log in" }).ClickAsync();
        await tab.Page.GetByLabel("Token").FillAsync(writer);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();

        await Expect(Heading(tab)).ToContainTextAsync($"{client.Address}");
        server.Registry.Current.Fleet("alpha")!.ById[client.Id].Pinned.ShouldBeNull();
    }

    private static ILocator Heading(Tab tab) => tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 });

    private static async Task LookAsync(Tab tab, string name)
    {
        foreach (var width in new[] { 390, 1440 })
        {
            await tab.ResizeAsync(width);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await tab.ColourAsync(scheme);
                await tab.PictureAsync(FormattableString.Invariant($"{name}-{width}-{scheme}").ToLowerInvariant());
                (await Axe.FindAsync(tab.Page)).ShouldBeEmpty($"{name}, {width} px, {scheme}");
                (await tab.OverflowAsync()).ShouldBe(0, $"{name}, {width} px");
            }
        }
    }
}
