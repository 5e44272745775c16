using Microsoft.Playwright;
using WgFleet.BrowserTests.Harness;
using WgFleet.Store;
using static Microsoft.Playwright.Assertions;

namespace WgFleet.BrowserTests;

public class TokenTests(Chromium chromium)
{
    [Fact]
    public async Task Revoking_a_token_ends_its_sessions()
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

        await Expect(tab.Page.Locator(".said[role=status]")).ToContainTextAsync("Token lost is revoked");
        await Expect(tab.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "lost" })).ToContainTextAsync("revoked");
        await lost.GoAsync("/");
        await Expect(lost.Page).ToHaveTitleAsync("Log in - wg-fleet");
        tab.Wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_enrollment_token_is_made_and_shown_once()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        await using var tab = await Tab.OpenAsync(chromium, server, server.Token());
        await tab.GoAsync("/tokens");

        await tab.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("lab-2026");
        await tab.Page.GetByLabel("alpha", new() { Exact = true }).CheckAsync();
        await tab.Page.GetByLabel("Uses", new() { Exact = true }).FillAsync("20");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Make token" }).ClickAsync();

        var secret = tab.Page.Locator("code.secret");
        await Expect(secret).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^wgf_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$"));
        tab.Place.ShouldBe("/tokens");
        await tab.ResizeAsync(390);
        (await tab.OverflowAsync()).ShouldBe(0);
        (await Axe.FindAsync(tab.Page)).ShouldBeEmpty();
        await tab.PictureAsync("token-made-390");

        await tab.GoAsync("/tokens");
        await Expect(tab.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "lab-2026" })).ToContainTextAsync("0 of 20");
        await Expect(secret).ToHaveCountAsync(0);
        tab.Wrong.ShouldBeEmpty();
    }
}
