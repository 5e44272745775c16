using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using WgFleet.Access;
using WgFleet.BrowserTests.Harness;
using static Microsoft.Playwright.Assertions;

namespace WgFleet.BrowserTests;

/// <summary>What holds for every page, whichever there are.</summary>
public class PageTests(Chromium chromium, ShownServer shown) : IClassFixture<ShownServer>
{
    // Where a page with something on it is; a new page has to be entered here.
    private static readonly Dictionary<string, string> Pages = new()
    {
        ["/"] = "/",
        ["/fleet/{name}"] = "/fleet/alpha",
        ["/fleet/{fleet}/clients/{client}"] = "/fleet/alpha/clients/crane-17",
        ["/fleet/{name}/rollcall"] = "/fleet/alpha/rollcall",
        ["/fleet/{name}/approvals"] = "/fleet/alpha/approvals",
        ["/fleet/{name}/many"] = "/fleet/alpha/many",
        ["/hooks"] = "/hooks",
        ["/hooks/{name}"] = "/hooks/tell",
        ["/clients"] = "/clients",
        ["/events"] = "/events",
        ["/tokens"] = "/tokens",
        ["/docs"] = "/docs",
        ["/login"] = "/login",
    };

    public static TheoryData<string> Paths => [.. Pages.Values];

    [Fact]
    public void Every_page_is_tested_here() => shown.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(e => e.Metadata.GetMetadata<AccessRule>()?.Audience == Audience.People && e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("GET"))
        .Select(e => "/" + e.RoutePattern.RawText!.Trim('/')).Where(p => !p.StartsWith("/assets/", StringComparison.Ordinal) && !p.EndsWith("/live", StringComparison.Ordinal) && !p.EndsWith(".csv", StringComparison.Ordinal))
        .ShouldBe(Pages.Keys, ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_page_is_accessible_and_does_not_overflow_on_phone_and_desktop_in_light_and_dark(string path)
    {
        await using var tab = await Tab.OpenAsync(chromium, shown.Server, shown.Token);
        foreach (var width in new[] { 390, 1440 })
        {
            await tab.ResizeAsync(width);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await tab.ColourAsync(scheme);
                (await tab.GoAsync(path))!.Status.ShouldBe(200);
                await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();

                var name = path == "/" ? "fleets" : path.Trim('/').Replace('/', '-');
                await tab.PictureAsync(FormattableString.Invariant($"{name}-{width}-{scheme}").ToLowerInvariant());
                (await Axe.FindAsync(tab.Page)).ShouldBeEmpty($"{path}, {width} px, {scheme}");
                (await tab.OverflowAsync()).ShouldBe(0, $"{path}, {width} px");
            }
        }

        tab.Wrong.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Keyboard_focus_is_visible(string path)
    {
        await using var tab = await Tab.OpenAsync(chromium, shown.Server, shown.Token);
        await tab.GoAsync(path);
        if (await tab.Page.Locator("[autofocus]").CountAsync() == 0)
        {
            await tab.Page.Keyboard.PressAsync("Tab");
            await Expect(tab.Page.Locator(":focus")).ToHaveTextAsync("Skip to content");
            await Expect(tab.Page.Locator(":focus")).ToBeInViewportAsync();
        }

        foreach (var _ in Enumerable.Range(0, 12))
        {
            await tab.Page.Keyboard.PressAsync("Tab");
            (await tab.Page.EvaluateAsync<bool>(
                """
                () => {
                    const e = document.activeElement;
                    const ringed = x => x && getComputedStyle(x).outlineStyle !== 'none' && parseFloat(getComputedStyle(x).outlineWidth) >= 2;
                    return e === document.body || ringed(e) || ringed(e.closest('.fleet'));
                }
                """)).ShouldBeTrue($"{path}: {await tab.Page.EvaluateAsync<string>("() => document.activeElement.outerHTML")}");
        }
    }
}
