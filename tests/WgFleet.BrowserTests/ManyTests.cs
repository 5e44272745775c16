using Microsoft.Playwright;
using WgFleet.BrowserTests.Harness;
using static Microsoft.Playwright.Assertions;

namespace WgFleet.BrowserTests;

/// <summary>Many clients are changed, and a fleet is frozen, as somebody does it in a browser, also with a keyboard alone.</summary>
public class ManyTests(Chromium chromium)
{
    [Theory]
    [InlineData(1440, false)]
    [InlineData(390, true)]
    public async Task Many_clients_are_tagged_with_a_keyboard(int width, bool isDark)
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        foreach (var name in new[] { "e14-1", "e14-2", "other" })
        {
            var client = await server.JoinAsync();
            await server.Registry.SetHostnameAsync(client, name, Acting.As("ops"));
        }

        await using var tab = await Tab.OpenAsync(chromium, server, server.Token());
        await tab.ResizeAsync(width);
        await tab.Page.EmulateMediaAsync(new() { ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light });
        await tab.GoAsync("/fleet/alpha?q=e14");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Change these" }).FocusAsync();
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Page.GetByRole(AriaRole.Checkbox, new() { Name = "e14-1" })).ToBeCheckedAsync();
        await LookAsync(tab, $"many-choose-{width}");
        await tab.Page.GetByRole(AriaRole.Radio, new() { Name = "Tag" }).FocusAsync();
        await tab.Page.Keyboard.PressAsync("Space");
        await tab.Page.Keyboard.PressAsync("Tab");
        await tab.Page.Keyboard.TypeAsync("room=e14");
        await tab.Page.Keyboard.PressAsync("Enter");

        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Tag 2 clients of alpha?" })).ToBeVisibleAsync();
        await LookAsync(tab, $"many-plan-{width}");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Tag 2 clients" }).PressAsync("Enter");

        await Expect(tab.Page.Locator(".said[role=status]")).ToHaveTextAsync("2 clients tagged.");
        server.Registry.Current.Fleet("alpha")!.ById.Values.Count(c => c.Tags.GetValueOrDefault("room") == "e14").ShouldBe(2);
        tab.Wrong.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1440, false)]
    [InlineData(390, true)]
    public async Task A_fleet_is_frozen_on_its_page_and_thawed_on_the_front_page(int width, bool isDark)
    {
        await using var server = await TestServer.StartAsync(time: TimeProvider.System);
        await server.JoinAsync();
        await using var tab = await Tab.OpenAsync(chromium, server, server.Token());
        await tab.ResizeAsync(width);
        await tab.Page.EmulateMediaAsync(new() { ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light });
        await tab.GoAsync("/fleet/alpha");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Freeze" }).PressAsync("Enter");
        await Expect(tab.Page.Locator(".said[role=status]")).ToContainTextAsync("The fleet is frozen.");
        await LookAsync(tab, $"fleet-frozen-{width}");

        await tab.GoAsync("/");
        await LookAsync(tab, $"front-frozen-{width}");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Thaw alpha", Exact = true }).PressAsync("Enter");
        await Expect(tab.Page.Locator(".said[role=status]")).ToContainTextAsync("The fleet is thawed.");
        server.Registry.Current.Fleet("alpha")!.FrozenByOperator.ShouldBeNull();
        tab.Wrong.ShouldBeEmpty();
    }

    private static async Task LookAsync(Tab tab, string picture)
    {
        (await Axe.FindAsync(tab.Page)).ShouldBeEmpty();
        (await tab.OverflowAsync()).ShouldBe(0);
        await tab.PictureAsync(picture);
    }
}
