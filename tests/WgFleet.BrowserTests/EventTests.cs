using Microsoft.Playwright;
using WgFleet.BrowserTests.Harness;
using static Microsoft.Playwright.Assertions;

namespace WgFleet.BrowserTests;

public class EventTests(Chromium chromium)
{
    [Fact]
    public async Task Matching_events_appear_as_they_happen()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        await using var tab = await Tab.OpenAsync(chromium, server, server.Token());
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Events" }).ClickAsync();
        await tab.Page.GetByLabel("Fleet").SelectOptionAsync("beta");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Expect(tab.Page.GetByText("No event matches.")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("#pulse")).ToHaveTextAsync("Live");

        var other = await server.JoinAsync();
        var client = await server.JoinAsync("beta");
        var row = tab.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = client.Address.ToString() });
        await Expect(row).ToContainTextAsync("client.added");
        await server.PingAsync("""{"hostname":"crane"}""", client.Address.ToString(), "beta");
        await Expect(tab.Page.GetByRole(AriaRole.Row).Nth(1)).ToContainTextAsync("got the name crane");
        await Expect(tab.Page.GetByText(other.Address.ToString())).ToHaveCountAsync(0);

        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "crane" }).ClickAsync();
        await Expect(tab.Page.GetByLabel("Client")).ToHaveValueAsync(client.Address.ToString());
        await Expect(tab.Page.GetByRole(AriaRole.Row)).ToHaveCountAsync(3);
        tab.Wrong.ShouldBeEmpty();
    }
}
