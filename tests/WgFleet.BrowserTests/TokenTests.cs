using Microsoft.Playwright;
using WgFleet.BrowserTests.Harness;
using WgFleet.Store;
using WgFleet.Tests;
using static Microsoft.Playwright.Assertions;

namespace WgFleet.BrowserTests;

public class TokenTests(Chromium chromium)
{
    [Fact]
    public async Task A_token_that_is_revoked_on_the_page_ends_the_session_that_began_with_it()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        await using var lost = await Tab.OpenAsync(chromium, server, server.Token(TokenRow.Write, "lost"));
        await using var tab = await Tab.OpenAsync(chromium, server, server.Token());

        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Tokens" }).ClickAsync();
        var row = tab.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "lost" });
        await Expect(row).ToContainTextAsync("live");
        await Expect(row.GetByRole(AriaRole.Button, new() { Name = "Revoke lost" })).ToBeHiddenAsync();
        await row.Locator("summary").ClickAsync();
        (await Axe.FindAsync(tab.Page)).ShouldBeEmpty();
        await row.GetByRole(AriaRole.Button, new() { Name = "Revoke lost" }).ClickAsync();

        await Expect(tab.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("Token lost is revoked");
        await Expect(tab.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "lost" })).ToContainTextAsync("revoked");
        await lost.GoAsync("/");
        await Expect(lost.Page).ToHaveTitleAsync("Log in - wg-fleet");
        tab.Wrong.ShouldBeEmpty();
    }
}
