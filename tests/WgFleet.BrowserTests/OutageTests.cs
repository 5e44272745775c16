using System.Globalization;
using Microsoft.Playwright;
using WgFleet.BrowserTests.Harness;
using static Microsoft.Playwright.Assertions;

namespace WgFleet.BrowserTests;

/// <summary>What somebody with an open page sees while the server does not answer, and afterwards.</summary>
public class OutageTests(Chromium chromium)
{
    [Theory]
    [InlineData("/", true)]
    [InlineData("/", false)]
    [InlineData("/fleet/alpha", true)]
    [InlineData("/fleet/alpha", false)]
    [InlineData("/events", true)]
    [InlineData("/hooks", true)]
    [InlineData("/hooks", false)]
    public async Task A_page_says_since_when_it_is_not_live_and_is_live_again_when_the_server_is_back(string path, bool hangs)
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        await using var cable = new Cable(server.Addresses[0]);
        await server.JoinAsync();
        await using var tab = await Tab.OpenAsync(chromium, cable.Address);
        await tab.GoAsync(path);
        await Expect(tab.Page.Locator("body")).Not.ToHaveClassAsync("stale");
        await tab.Page.EvaluateAsync("() => window.kept = true");

        if (hangs)
            cable.Hold();
        else
            cable.Cut();

        await Expect(Pulse(tab)).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^Not live since \d\d:\d\d:\d\d$"));
        await Expect(Pulse(tab)).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("body")).ToHaveClassAsync("stale");
        var since = DateTime.ParseExact(await tab.Page.Locator("#as-of").InnerTextAsync(), "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        (await Pulse(tab).InnerTextAsync()).ShouldEndWith($"{since:HH:mm:ss}");
        await LookAsync(tab, $"outage{(path == "/" ? "" : path.Replace('/', '-'))}", pictures: hangs);

        cable.Mend();

        await Expect(tab.Page.Locator("body")).Not.ToHaveClassAsync("stale");
        await Expect(Pulse(tab)).Not.ToContainTextAsync("Not live");
        (await tab.Page.EvaluateAsync<bool>("() => window.kept")).ShouldBeTrue();
    }

    [Fact]
    public async Task What_happened_meanwhile_is_shown_when_the_server_is_back()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        await using var cable = new Cable(server.Addresses[0]);
        await server.JoinAsync();
        await using var tab = await Tab.OpenAsync(chromium, cable.Address);
        await tab.GoAsync("/fleet/alpha");
        await Expect(Pulse(tab)).ToHaveTextAsync("Live");
        cable.Cut();
        await Expect(tab.Page.Locator("body")).ToHaveClassAsync("stale");

        var client = await server.JoinAsync();
        cable.Mend();

        await Expect(tab.Page.Locator(".clients")).ToContainTextAsync($"{client.Address}");
        await Expect(Pulse(tab)).ToHaveTextAsync("Live");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_search_that_fails_says_so_and_is_done_when_the_server_is_back(bool hangs)
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        await using var cable = new Cable(server.Addresses[0]);
        await server.JoinAsync();
        var client = await server.JoinAsync();
        await server.PingAsync("""{"hostname":"crane"}""", client.Address.ToString());
        await using var tab = await Tab.OpenAsync(chromium, cable.Address);
        await tab.GoAsync("/fleet/alpha");
        await Expect(Pulse(tab)).ToHaveTextAsync("Live");
        if (hangs)
            cable.Hold();
        else
            cable.Cut();

        await tab.Page.GetByRole(AriaRole.Searchbox).FillAsync("crane");

        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The list could not be loaded");
        await Expect(tab.Page.Locator(".clients tbody tr")).ToHaveCountAsync(2);
        await LookAsync(tab, "outage-search", pictures: hangs);

        cable.Mend();

        await Expect(tab.Page.Locator(".clients tbody tr")).ToHaveCountAsync(1);
        await Expect(tab.Page.Locator("#failed")).ToBeHiddenAsync();
        tab.Place.ShouldBe("/fleet/alpha?q=crane");
    }

    [Fact]
    public async Task A_page_whose_session_has_ended_leads_to_the_login()
    {
        await using var server = await TestServer.StartAsync();
        var token = server.Token(name: "short", lifetime: TimeSpan.FromMinutes(10));
        server.Token();
        await using var tab = await Tab.OpenAsync(chromium, server, token);
        await tab.GoAsync("/events");
        await Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Log out" })).ToBeVisibleAsync();

        server.Time.Advance(TimeSpan.FromMinutes(11));

        await Expect(tab.Page.GetByLabel("Token")).ToBeVisibleAsync();

        tab.Place.ShouldBe("/login?next=%2Fevents");
    }

    private static ILocator Pulse(Tab tab) => tab.Page.Locator("#pulse");

    private static async Task LookAsync(Tab tab, string name, bool pictures)
    {
        (await Axe.FindAsync(tab.Page)).ShouldBeEmpty(name);
        foreach (var (width, scheme) in new[] { (390, ColorScheme.Light), (1440, ColorScheme.Dark) })
        {
            await tab.ResizeAsync(width);
            await tab.ColourAsync(scheme);
            (await tab.OverflowAsync()).ShouldBe(0, $"{name}, {width} px");
            if (pictures)
                await tab.PictureAsync(FormattableString.Invariant($"{name}-{width}-{scheme}").ToLowerInvariant());
        }
    }
}
