using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using WgFleet.BrowserTests.Harness;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Admin;
using static Microsoft.Playwright.Assertions;

namespace WgFleet.BrowserTests;

public class HookTests(Chromium chromium)
{
    [Fact]
    public async Task A_dead_letter_is_retried_after_the_hook_is_repaired()
    {
        using var programs = new ExecFolder();
        programs.Write("code", "78\n", "0644");
        var program = programs.Script($"cat >/dev/null\nexit $(cat {programs.File("code")})");
        var tell = new HookConfig { Name = "tell", Events = [EventTypes.ClientAdded], Kind = new ExecConfig { Command = program, User = ExecFolder.User } };
        await using var server = await TestServer.StartAsync(config => config with { Hooks = new HooksConfig { Folders = [], List = [tell] } }, TimeProvider.System);
        await server.JoinAsync();
        var desk = server.Services.GetRequiredService<HookAdmin>();
        await Eventually.True(async () => (await desk.DeadLettersAsync("tell", 100, CancellationToken.None)).Count == 1);
        await using var tab = await Tab.OpenAsync(chromium, server, server.Token());

        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Hooks" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "tell", Exact = true }).ClickAsync();
        var letters = tab.Page.GetByRole(AriaRole.Region, new() { Name = "Dead letters" }).GetByRole(AriaRole.Button, new() { Name = "Retry" });
        await letters.ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("failed again: exit 78");

        programs.Write("code", "0\n", "0644");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator(".said[role=status]")).ToContainTextAsync("The sample event was delivered");
        await tab.Page.GetByText("Event sent", new() { Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator(".said pre:visible")).ToContainTextAsync("client.added");
        (await Axe.FindAsync(tab.Page)).ShouldBeEmpty();

        await letters.ClickAsync();
        await Expect(tab.Page.Locator(".said[role=status]")).ToHaveTextAsync("1 dead letter was retried; 0 are left, 0 events are waiting.");
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Dead letters" })).ToHaveCountAsync(0);
        await Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "Latest deliveries" }).GetByText("done")).ToBeVisibleAsync();
        tab.Wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Reloading_after_a_form_does_not_send_it_again()
    {
        using var programs = new ExecFolder();
        var program = programs.Script($"cat >/dev/null\necho one >>{programs.File("runs")}");
        programs.Write("runs", "", "0666");
        var tell = new HookConfig { Name = "tell", Events = [EventTypes.ClientAdded], Kind = new ExecConfig { Command = program, User = ExecFolder.User } };
        await using var server = await TestServer.StartAsync(config => config with { Hooks = new HooksConfig { Folders = [], List = [tell] } }, TimeProvider.System);
        await using var tab = await Tab.OpenAsync(chromium, server, server.Token());

        await tab.GoAsync("/hooks/tell");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator(".said[role=status]")).ToContainTextAsync("The sample event was delivered");
        await tab.Page.ReloadAsync();
        await Expect(tab.Page.Locator(".said[role=status]")).ToContainTextAsync("The sample event was delivered");

        (await File.ReadAllLinesAsync(programs.File("runs"), TestServer.Ct)).ShouldBe(["one"]);
        tab.Wrong.ShouldBeEmpty();
    }
}
