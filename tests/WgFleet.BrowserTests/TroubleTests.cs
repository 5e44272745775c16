using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using WgFleet.BrowserTests.Harness;
using WgFleet.Hosting;
using static Microsoft.Playwright.Assertions;

namespace WgFleet.BrowserTests;

/// <summary>What is wrong now, as somebody sees it who has a page open.</summary>
public class TroubleTests(Chromium chromium)
{
    [Theory]
    [InlineData("/events")]
    [InlineData("/hooks")]
    [InlineData("/fleet/beta")]
    public async Task The_bar_of_an_open_page_says_what_is_wrong_and_leads_to_the_list(string path)
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        await using var tab = await Tab.OpenAsync(chromium, server);
        await tab.GoAsync(path);
        await Expect(State(tab)).ToHaveTextAsync("Nothing is wrong");
        await Expect(State(tab)).ToHaveAttributeAsync("data-state", "ok");
        await tab.Page.EvaluateAsync("() => window.kept = true");

        await server.Registry.FreezeAsync("alpha", Acting.As("ops"));

        await Expect(State(tab)).ToHaveTextAsync("Fleet alpha is frozen by ops");
        await Expect(State(tab)).ToHaveAttributeAsync("data-state", "attention");
        (await tab.Page.EvaluateAsync<bool>("() => window.kept")).ShouldBeTrue();
        await State(tab).ClickAsync();
        await Expect(Rows(tab)).ToContainTextAsync(["wg-fleet fleets thaw alpha"]);
        tab.Wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_list_on_the_front_page_follows_what_is_wrong()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        await using var tab = await Tab.OpenAsync(chromium, server);
        await tab.GoAsync("/");
        await Expect(List(tab)).ToHaveTextAsync("Nothing is wrong.");
        await LookAsync(tab, "sound");
        await tab.Page.EvaluateAsync("() => window.kept = true");

        await server.Registry.FreezeAsync("alpha", Acting.As("<b>ops</b>"));
        await Expect(Rows(tab)).ToHaveCountAsync(1);
        await Expect(Rows(tab)).ToContainTextAsync("Fleet alpha is frozen by <b>ops</b>");
        await LookAsync(tab, "attention");

        var part = server.Services.GetRequiredService<Supervisor>().Run("example", (_, stopping) => Task.Delay(Timeout.Infinite, stopping));
        part.Failed("the disk is full");
        await Expect(Rows(tab)).ToHaveCountAsync(2);
        await Expect(Rows(tab).First).ToContainTextAsync("Example is failing: the disk is full");
        await Expect(State(tab)).ToHaveTextAsync("Example is failing, and 1 more");
        await LookAsync(tab, "broken");

        part.Works();
        await server.Registry.ThawAsync("alpha", Acting.As("ops"));
        await Expect(List(tab)).ToHaveTextAsync("Nothing is wrong.");
        (await tab.Page.EvaluateAsync<bool>("() => window.kept")).ShouldBeTrue();
        tab.Wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_may_not_read_is_not_told_what_is_wrong()
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        server.Token();
        await using var tab = await Tab.OpenAsync(chromium, server);

        await tab.GoAsync("/");

        tab.Place.ShouldBe("/login?next=%2F");
        await Expect(State(tab)).ToHaveCountAsync(0);
    }

    private static ILocator State(Tab tab) => tab.Page.Locator("#state");

    private static ILocator List(Tab tab) => tab.Page.Locator("#troubles");

    private static ILocator Rows(Tab tab) => tab.Page.Locator("#troubles li");

    /// <summary>Takes a picture on a phone and a desk, light and dark, and lets axe look too.</summary>
    private static async Task LookAsync(Tab tab, string name)
    {
        foreach (var width in new[] { 390, 1440 })
        {
            await tab.ResizeAsync(width);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await tab.ColourAsync(scheme);
                await tab.PictureAsync(FormattableString.Invariant($"troubles-{name}-{width}-{scheme}").ToLowerInvariant());
                (await Axe.FindAsync(tab.Page)).ShouldBeEmpty($"{name}, {width} px, {scheme}");
                (await tab.OverflowAsync()).ShouldBe(0, $"{name}, {width} px");
            }
        }
    }
}
