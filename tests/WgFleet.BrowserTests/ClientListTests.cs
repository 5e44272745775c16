using System.Text.RegularExpressions;
using Microsoft.Playwright;
using WgFleet.BrowserTests.Harness;
using WgFleet.Fleets.State;
using static Microsoft.Playwright.Assertions;

namespace WgFleet.BrowserTests;

/// <summary>What somebody does with a list of clients.</summary>
public class ClientListTests(Chromium chromium)
{
    [Fact]
    public async Task An_operator_looks_for_who_never_came_sends_the_address_to_a_colleague_and_takes_the_list_away()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        var here = await NamedAsync(server, "alpha", "crane");
        await NamedAsync(server, "alpha", "loader");
        await NamedAsync(server, "beta", "winch");
        server.WireGuard.Touch("wg_alpha", here.PublicKey, DateTimeOffset.UtcNow, received: 1);
        await server.Registry.ObserveAsync("alpha", TestServer.Ct);
        await using var tab = await Tab.OpenAsync(chromium, server);
        await tab.GoAsync("/");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Clients", Exact = true }).ClickAsync();
        await Expect(Rows(tab)).ToHaveCountAsync(3);
        await tab.Page.EvaluateAsync("() => window.kept = true");

        await Chip(tab, "Never seen").ClickAsync();
        await Expect(Rows(tab)).ToHaveCountAsync(2);
        await Expect(Chip(tab, "Never seen")).ToBeFocusedAsync();
        await Expect(Chip(tab, "Never seen")).ToHaveAttributeAsync("aria-current", "true");
        tab.Place.ShouldBe("/clients?state=never");

        // Who comes leaves the list while it is looked at.
        var late = await NamedAsync(server, "beta", "barge");
        await Expect(Rows(tab)).ToHaveCountAsync(3);
        server.WireGuard.Touch("wg_beta", late.PublicKey, DateTimeOffset.UtcNow, received: 1);
        await server.Registry.ObserveAsync("beta", TestServer.Ct);
        await Expect(Rows(tab)).ToHaveCountAsync(2);

        await tab.Page.GetByRole(AriaRole.Searchbox).FillAsync("winch.beta");
        await Expect(Rows(tab)).ToHaveCountAsync(1);
        tab.Place.ShouldBe("/clients?q=winch.beta&state=never");
        (await tab.Page.EvaluateAsync<bool>("() => window.kept")).ShouldBeTrue();

        var download = await tab.Page.RunAndWaitForDownloadAsync(() => tab.Page.GetByRole(AriaRole.Link, new() { Name = "CSV of these 1" }).ClickAsync());
        download.SuggestedFilename.ShouldBe("clients.csv");
        (await File.ReadAllLinesAsync(await download.PathAsync(), TestServer.Ct)).Length.ShouldBe(2);

        await using var colleague = await Tab.OpenAsync(chromium, server);
        await colleague.GoAsync(tab.Place);
        await Expect(Rows(colleague)).ToHaveCountAsync(1);
        await Chip(colleague, "Never seen").ClickAsync();
        await Expect(Rows(colleague)).ToHaveCountAsync(1);
        await colleague.Page.GetByRole(AriaRole.Link, new() { Name = "Clear" }).ClickAsync();
        await Expect(Rows(colleague)).ToHaveCountAsync(4);
        tab.Wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_click_anywhere_in_a_row_leads_to_its_client()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        var client = await NamedAsync(server, "alpha", "crane");
        await using var tab = await Tab.OpenAsync(chromium, server);
        await tab.GoAsync("/clients");

        await Rows(tab).First.Locator("td").Last.ClickAsync();

        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("crane");
        tab.Place.ShouldBe($"/fleet/alpha/clients/{client.Address}");
    }

    [Fact]
    public async Task A_client_takes_one_line_on_a_desk()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        await NamedAsync(server, "alpha", new string('w', 63));
        await using var tab = await Tab.OpenAsync(chromium, server);
        await tab.GoAsync("/fleet/alpha");

        (await Rows(tab).First.EvaluateAsync<double>("row => row.getBoundingClientRect().height")).ShouldBeLessThan(40);
        (await tab.OverflowAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Times_are_those_of_the_readers_clock_and_in_UTC_when_pointed_at()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        var client = await NamedAsync(server, "alpha", "crane");
        await using var tab = await Tab.OpenAsync(chromium, server.Addresses[0], zone: "Asia/Kathmandu");
        await tab.GoAsync("/fleet/alpha");

        var registered = Rows(tab).First.Locator("time").First;
        await Expect(registered).ToHaveTextAsync($"{client.RegisteredAt + TimeSpan.FromMinutes(345):yyyy-MM-dd HH:mm:ss}");
        await Expect(registered).ToHaveAttributeAsync("title", $"{client.RegisteredAt:yyyy-MM-dd HH:mm:ss} UTC");
        await Expect(tab.Page.GetByRole(AriaRole.Contentinfo)).ToContainTextAsync(new Regex("Times are in Asia/Kat(h)?mandu"));

        // What comes by the stream, too.
        server.WireGuard.Touch("wg_alpha", client.PublicKey, DateTimeOffset.UtcNow, received: 1);
        await server.Registry.ObserveAsync("alpha", TestServer.Ct);
        await Expect(Rows(tab).First.Locator("td").Nth(6)).ToHaveTextAsync(new Regex("^[0-9-]+ [0-9:]+ \\d+s ago$"));
        var handshake = server.Registry.Current.Fleet("alpha")!.ById[client.Id].Liveness.LastHandshake!.Value;
        await Expect(Rows(tab).First.Locator("time").Nth(2)).ToHaveAttributeAsync("title", $"{handshake:yyyy-MM-dd HH:mm:ss} UTC");
        await Expect(Rows(tab).First.Locator("time").Nth(2)).ToHaveTextAsync($"{handshake + TimeSpan.FromMinutes(345):yyyy-MM-dd HH:mm:ss}");
    }

    [Fact]
    public async Task A_key_is_copied_by_its_button()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        var client = await NamedAsync(server, "alpha", "crane");
        await using var tab = await Tab.OpenAsync(chromium, server);
        await tab.GoAsync($"/fleet/alpha/clients/{client.Address}");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = $"Copy {client.PublicKey}" }).ClickAsync();

        await Expect(tab.Page.GetByText("Copied")).ToBeVisibleAsync();
        (await tab.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()")).ShouldBe(client.PublicKey.ToString());
    }

    private static ILocator Rows(Tab tab) => tab.Page.Locator(".clients tbody tr:not(.gone)");

    private static ILocator Chip(Tab tab, string name) => tab.Page.Locator(".chips").GetByRole(AriaRole.Link, new() { Name = name });

    private static async Task<RegisteredClient> NamedAsync(TestServer server, string fleet, string name)
    {
        var client = await server.Registry.RegisterAsync(fleet, Some.Key(), "198.51.100.7");
        return await server.Registry.SetHostnameAsync(client, name, Acting.As("ops"));
    }
}
