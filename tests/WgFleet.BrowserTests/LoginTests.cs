using Microsoft.Playwright;
using WgFleet.BrowserTests.Harness;
using static Microsoft.Playwright.Assertions;

namespace WgFleet.BrowserTests;

public class LoginTests(Chromium chromium)
{
    [Fact]
    public async Task A_login_leads_to_the_page_that_was_asked_for_and_a_logout_ends_it()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        var token = server.Token();
        await using var tab = await Tab.OpenAsync(chromium, server);

        await tab.GoAsync("/fleet/alpha");
        await Expect(tab.Page).ToHaveTitleAsync("Log in - wg-fleet");
        await Expect(tab.Page.GetByLabel("Token")).ToBeFocusedAsync();
        await tab.Page.Keyboard.TypeAsync(token);
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Fleet: alpha" })).ToBeVisibleAsync();
        tab.Place.ShouldBe("/fleet/alpha");
        await Expect(tab.Page.GetByRole(AriaRole.Banner)).ToContainTextAsync("ops");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Log out" }).ClickAsync();
        await Expect(tab.Page).ToHaveTitleAsync("Log in - wg-fleet");
        await tab.GoAsync("/");
        await Expect(tab.Page).ToHaveTitleAsync("Log in - wg-fleet");
        (await tab.Page.Context.CookiesAsync()).ShouldNotContain(c => c.Name == "wg-fleet-session");
        tab.Wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_wrong_token_is_refused_in_one_line_and_a_right_one_then_works()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        var token = server.Token();
        await using var tab = await Tab.OpenAsync(chromium, server);

        await tab.LogInAsync(token[..^1] + "!");

        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("This token is unknown, revoked or expired.");
        await Expect(tab.Page.GetByLabel("Token")).ToHaveValueAsync("");
        (await Axe.FindAsync(tab.Page)).ShouldBeEmpty();

        // The browser itself tells of the status.
        tab.Wrong.ShouldHaveSingleItem().ShouldContain("403");

        await tab.Page.GetByLabel("Token").FillAsync(token);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Expect(tab.Page).ToHaveTitleAsync("wg-fleet - Fleet Manager");
        tab.Wrong.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Scripts_cannot_read_the_session()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        await using var tab = await Tab.OpenAsync(chromium, server, server.Token());

        (await tab.Page.EvaluateAsync<string>("() => document.cookie")).ShouldBe("");
        (await tab.Page.Context.CookiesAsync()).ShouldAllBe(c => c.HttpOnly && c.SameSite == SameSiteAttribute.Strict);
    }
}
