using System.Net;
using Microsoft.Playwright;
using WgFleet.BrowserTests.Harness;
using WgFleet.Config;
using WgFleet.Store;
using static Microsoft.Playwright.Assertions;

namespace WgFleet.BrowserTests;

/// <summary>Somebody with a phone lets machines in that wait, and keeps others out.</summary>
public class ApprovalTests(Chromium chromium)
{
    [Fact]
    public async Task Machines_that_wait_are_let_in_or_refused_with_a_phone()
    {
        await using var server = await TestServer.StartAsync(config => config with { Fleets = [config.Fleets[0] with { Approval = ApprovalPolicy.Operator }, config.Fleets[1]] }, TimeProvider.System);
        string[] machines = [Some.Key().ToString(), Some.Key().ToString(), Some.Key().ToString()];
        foreach (var key in machines)
            (await AskAsync(server, key)).ShouldBe(HttpStatusCode.Accepted);

        await using var tab = await Tab.OpenAsync(chromium, server, server.Token());
        await tab.ResizeAsync(390);
        await tab.GoAsync("/");
        await tab.Page.Locator("#troubles").GetByRole(AriaRole.Link, new() { Name = "machines" }).ClickAsync();
        tab.Place.ShouldBe("/fleet/alpha/approvals");
        await Expect(tab.Page.Locator(".waiting li")).ToHaveCountAsync(3);
        foreach (var (width, scheme) in new[] { (390, ColorScheme.Light), (1440, ColorScheme.Dark) })
        {
            await tab.ResizeAsync(width);
            await tab.ColourAsync(scheme);
            (await tab.OverflowAsync()).ShouldBe(0, $"{width} px");
            await tab.PictureAsync($"approvals-{width}");
            (await Axe.FindAsync(tab.Page)).ShouldBeEmpty($"{width} px");
        }

        await tab.Page.Locator(".waiting li", new() { HasText = machines[0] }).GetByRole(AriaRole.Checkbox).CheckAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Let in those that are chosen" }).ClickAsync();
        await Expect(tab.Page.GetByText("1 machine let in")).ToBeVisibleAsync();
        await tab.Page.Locator(".waiting li", new() { HasText = machines[1] }).GetByRole(AriaRole.Checkbox).CheckAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Refuse those that are chosen" }).ClickAsync();
        await Expect(tab.Page.GetByText("1 machine refused")).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Refuse those that are chosen" }).ClickAsync();
        await Expect(tab.Page.GetByText("choose machines first")).ToBeVisibleAsync();

        (await AskAsync(server, machines[0])).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(server, machines[1])).ShouldBe(HttpStatusCode.Forbidden);
        (await AskAsync(server, machines[2])).ShouldBe(HttpStatusCode.Accepted);
        tab.Wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_may_only_read_sees_who_waits_and_has_no_button()
    {
        await using var server = await TestServer.StartAsync(config => config with { Fleets = [config.Fleets[0] with { Approval = ApprovalPolicy.Operator }] }, TimeProvider.System);
        await AskAsync(server, Some.Key().ToString());
        await using var tab = await Tab.OpenAsync(chromium, server, server.Token(TokenRow.Read));

        await tab.GoAsync("/fleet/alpha/approvals");

        await Expect(tab.Page.Locator(".waiting li")).ToHaveCountAsync(1);
        await Expect(tab.Page.GetByText("wg-fleet approvals approve alpha")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("main button:visible:not(.copy)")).ToHaveCountAsync(0);
    }

    private static async Task<HttpStatusCode> AskAsync(TestServer server, string key)
    {
        using var answer = await server.Http.PostAsync("/fleet/alpha/register", new StringContent($$$"""{"public_key":"{{{key}}}","facts":{"board_model":"ThinkCentre","board_serial":"PF-{{{key[..3]}}}"}}"""), TestServer.Ct);
        return answer.StatusCode;
    }
}
