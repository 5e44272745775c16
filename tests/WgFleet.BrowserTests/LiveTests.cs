using Microsoft.Playwright;
using WgFleet.BrowserTests.Harness;
using WgFleet.Fleets.State;
using static Microsoft.Playwright.Assertions;

namespace WgFleet.BrowserTests;

public class LiveTests(Chromium chromium)
{
    private const int Thousands = 10_000;

    [Fact]
    public async Task A_client_appears_is_renamed_and_leaves_while_the_page_is_open()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        await using var tab = await Tab.OpenAsync(chromium, server);
        await tab.GoAsync("/fleet/alpha");
        await Expect(tab.Page.GetByText("No client has joined this fleet yet")).ToBeVisibleAsync();

        var first = await server.JoinAsync();
        await Expect(Rows(tab)).ToHaveCountAsync(1);

        // From here on the page is never loaded again.
        await tab.Page.EvaluateAsync("() => window.kept = true");
        var second = await server.JoinAsync();
        await Expect(Rows(tab)).ToHaveCountAsync(2);
        await Expect(Rows(tab).Nth(1)).ToContainTextAsync($"{second.Address}");
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Active Clients (2)" })).ToBeVisibleAsync();

        await server.PingAsync("""{"hostname":"crane"}""", second.Address.ToString());
        await Expect(Rows(tab).Nth(1).GetByRole(AriaRole.Link)).ToHaveTextAsync("crane");

        await Expect(Rows(tab).Nth(0)).ToContainTextAsync("N/A");
        server.WireGuard.Touch("wg_alpha", first.PublicKey, DateTimeOffset.UtcNow, received: 3 << 20);
        await server.Registry.ObserveAsync("alpha", TestServer.Ct);
        await Expect(Rows(tab).Nth(0)).ToContainTextAsync("3.0 MiB");
        await Expect(Rows(tab).Nth(0)).Not.ToContainTextAsync("N/A");

        await server.Registry.RemoveAsync("alpha", [first.Id], _ => true, "removed");
        await Expect(Rows(tab)).ToHaveCountAsync(1);
        await Expect(Rows(tab)).ToContainTextAsync("crane");
        (await Axe.FindAsync(tab.Page)).ShouldBeEmpty();
        (await tab.Page.EvaluateAsync<bool>("() => window.kept")).ShouldBeTrue();
        tab.Wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Typing_finds_one_of_ten_thousand_clients()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(1, Thousands).Select(i => NamedAsync(server, $"machine-{i}")));
        await using var tab = await Tab.OpenAsync(chromium, server);
        await tab.GoAsync("/fleet/alpha?sort=hostname");
        await tab.Page.EvaluateAsync("() => window.kept = true");
        await Expect(Range(tab)).ToHaveTextAsync("1-100 of 10,000");

        await tab.Page.Keyboard.PressAsync("/");
        await Expect(tab.Page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
        await tab.Page.Keyboard.TypeAsync("machine-99");
        await Expect(Range(tab)).ToHaveTextAsync("1-100 of 111");
        await Expect(tab.Page.Locator("#found")).ToHaveTextAsync("111 clients match.");
        await Expect(tab.Page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
        tab.Place.ShouldBe("/fleet/alpha?q=machine-99&sort=hostname&dir=asc");

        await tab.Page.Keyboard.TypeAsync("7");
        await Expect(Rows(tab)).ToHaveCountAsync(11);
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Hostname" }).ClickAsync();
        await Expect(Rows(tab).First).ToContainTextAsync("machine-9979");
        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "Hostname" })).ToBeFocusedAsync();

        // A machine that is looked for joins, and is there.
        await NamedAsync(server, "machine-997-new");
        await Expect(Rows(tab)).ToHaveCountAsync(12);
        await tab.PictureAsync("search-1440-light");
        (await Axe.FindAsync(tab.Page)).ShouldBeEmpty();

        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Clear" }).ClickAsync();
        await Expect(Range(tab)).ToHaveTextAsync("1-100 of 10,001");
        await NamedAsync(server, "aaa");
        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "1 new machine, show" })).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "1 new machine, show" }).ClickAsync();
        await Expect(Rows(tab).First).ToContainTextAsync("aaa");
        await tab.Page.GoBackAsync();
        await Expect(Rows(tab).First).ToContainTextAsync("machine-9999");
        (await tab.Page.EvaluateAsync<bool>("() => window.kept")).ShouldBeTrue();
        tab.Wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_client_is_renamed_removed_and_restored_on_its_page()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        var client = await NamedAsync(server, "crane");
        await using var tab = await Tab.OpenAsync(chromium, server, server.Token());
        await tab.GoAsync("/fleet/alpha");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "crane" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("crane");

        await tab.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("winch");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("winch");

        // Another operator's change is seen without loading the page again.
        await server.Registry.SetHostnameAsync(client, "loader", Acting.As("ops"));
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("loader");

        await Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Remove" })).ToBeHiddenAsync();
        await tab.Page.GetByText("Remove…").ClickAsync();
        (await Axe.FindAsync(tab.Page)).ShouldBeEmpty();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(tab.Page.GetByText("removed by")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("gone");
        (await Axe.FindAsync(tab.Page)).ShouldBeEmpty();
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(0);

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Restore" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("loader");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Pin: never prune" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Unpin" })).ToBeVisibleAsync();
        server.Registry.Current.Fleet("alpha")!.ByHostname["loader"].Address.ShouldBe(client.Address);
        tab.Wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Search_and_sorting_work_without_the_script()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        await NamedAsync(server, "crane");
        await NamedAsync(server, "loader");
        await using var context = await chromium.Browser.NewContextAsync(new() { BaseURL = server.Addresses[0].ToString(), JavaScriptEnabled = false });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/fleet/alpha");

        await page.GetByRole(AriaRole.Searchbox).FillAsync("load");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await Expect(page.Locator(".clients tbody tr")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Link, new() { Name = "Clear" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Hostname" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Hostname" }).ClickAsync();
        await Expect(page.Locator(".clients tbody tr").First).ToContainTextAsync("loader");
    }

    private static ILocator Rows(Tab tab) => tab.Page.Locator(".clients tbody tr");

    private static ILocator Range(Tab tab) => tab.Page.Locator(".tools .range");

    private static async Task<RegisteredClient> NamedAsync(TestServer server, string name)
    {
        var client = await server.Registry.RegisterAsync("alpha", Some.Key(), "198.51.100.7");
        return await server.Registry.SetHostnameAsync(client, name, Acting.As("ops"));
    }
}
