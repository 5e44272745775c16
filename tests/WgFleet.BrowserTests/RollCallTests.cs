using System.Text;
using Microsoft.Playwright;
using WgFleet.BrowserTests.Harness;
using WgFleet.Fleets.State;
using static Microsoft.Playwright.Assertions;

namespace WgFleet.BrowserTests;

/// <summary>The person in the hall calls the roll, on a phone, on the projector and on paper.</summary>
public class RollCallTests(Chromium chromium)
{
    private const int Rows = 6;
    private const int Columns = 12;

    [Fact]
    public async Task The_hall_is_a_map_that_shows_each_seat_by_sign_and_frame_and_not_by_colour_alone()
    {
        await using var server = await HallAsync();
        await using var tab = await Tab.OpenAsync(chromium, server, server.Token());

        foreach (var (name, width) in new[] { ("phone", 390), ("desk", 1440), ("projector", 1920) })
        {
            await tab.ResizeAsync(width);
            await tab.GoAsync("/fleet/alpha/rollcall");
            await tab.PictureAsync($"rollcall-{name}");
            (await Axe.FindAsync(tab.Page)).ShouldBeEmpty(name);
            (await tab.OverflowAsync()).ShouldBe(0, name);
        }

        await tab.ColourAsync(ColorScheme.Dark);
        await tab.PictureAsync("rollcall-projector-dark");
        (await Axe.FindAsync(tab.Page)).ShouldBeEmpty("dark");

        await Expect(tab.Page.Locator(".verdict")).ToHaveTextAsync("4 seats need somebody");
        var frames = await tab.Page.EvaluateAsync<string[]>(
            """
            () => ['present', 'missing', 'double', 'wrong_seat', 'old_image'].map(state => {
                const cell = document.querySelector(`.hall td[data-state=${state}]`);
                return `${getComputedStyle(cell).borderStyle} ${getComputedStyle(cell, '::after').content}`;
            })
            """);
        frames.Distinct().Count().ShouldBe(5);
        await Expect(tab.Page.Locator(".hall tr")).ToHaveCountAsync(Rows);
        (await tab.Page.Locator(".hall td[data-state=missing]").First.InnerTextAsync()).ShouldContain("missing");
        (await tab.Page.Locator(".seats li:visible").AllInnerTextsAsync()).ShouldBe(
        [
            "A3 missing never came", "B5 double b5; b5--2", "C7 wrong seat c8, looks as if it were on C8", "D2 old image d2, image 2026.11.20 instead of 2026.11.27",
        ]);
        await Expect(tab.Page.Locator(".strangers")).ToHaveTextAsync("laptop");
        tab.Wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_seat_turns_to_present_on_the_open_page_when_its_machine_comes()
    {
        await using var server = await HallAsync();
        await using var tab = await Tab.OpenAsync(chromium, server, server.Token());
        await tab.GoAsync("/fleet/alpha");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Roll call" }).ClickAsync();
        var seat = tab.Page.Locator(".hall td", new() { HasText = "A3" });
        await Expect(seat).ToHaveAttributeAsync("data-state", "missing");

        await ComesAsync(server, "a3", "2026.11.27");
        await server.Registry.ObserveAsync("alpha", TestServer.Ct);

        await Expect(seat).ToHaveAttributeAsync("data-state", "present");
        await Expect(tab.Page.Locator(".verdict")).ToHaveTextAsync("3 seats need somebody");
        await Expect(tab.Page.Locator(".tiles [data-state=missing] dd")).ToHaveTextAsync("0");
        await Expect(tab.Page.Locator(".seats li:visible")).ToHaveCountAsync(3);
        tab.Wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Printed_it_is_a_sheet_with_the_time_and_a_place_to_sign()
    {
        await using var server = await HallAsync();
        await using var tab = await Tab.OpenAsync(chromium, server, server.Token());
        await tab.ResizeAsync(794);
        await tab.GoAsync("/fleet/alpha/rollcall");

        await tab.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await tab.PictureAsync("rollcall-sheet");

        await Expect(tab.Page.Locator(".sign")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("#as-of")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator(".bar")).ToBeHiddenAsync();
        (await tab.OverflowAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_fleet_without_a_roster_answers_with_a_page_that_says_how_to_get_one()
    {
        await using var server = await HallAsync();
        await using var tab = await Tab.OpenAsync(chromium, server, server.Token());

        (await tab.GoAsync("/fleet/beta/rollcall"))!.Status.ShouldBe(409);
        await Expect(tab.Page.GetByText("name a file in fleets.beta.roster")).ToBeVisibleAsync();
    }

    /// <summary>A hall of six rows with an aisle, where four seats and one machine are not as they should be.</summary>
    private static async Task<TestServer> HallAsync()
    {
        var roster = new StringBuilder("seat,hostname,serial,image,row,column\n");
        foreach (var (row, column) in Seats())
            roster.Append($"{row}{column},,{row}{column},2026.11.27,{row},{(column > 6 ? column + 1 : column)}\n");

        var server = await TestServer.StartAsync(config => config.WithRoster(roster.ToString()), TimeProvider.System);
        foreach (var (row, column) in Seats())
        {
            var seat = $"{row}{column}";
            var name = char.ToLowerInvariant(row) + seat[1..];
            switch (seat)
            {
                case "A3":
                    break;
                case "C7":
                    await ComesAsync(server, "c8", "2026.11.27", "C7");
                    break;
                case "C8":
                    await ComesAsync(server, "third", "2026.11.27", "C8");
                    break;
                case "D2":
                    await ComesAsync(server, name, "2026.11.20");
                    break;
                default:
                    await ComesAsync(server, name, "2026.11.27");
                    break;
            }
        }

        await ComesAsync(server, "b5", "2026.11.27");
        await ComesAsync(server, "laptop", "2026.11.27");
        await server.Registry.ObserveAsync("alpha", TestServer.Ct);
        return server;
    }

    private static IEnumerable<(char Row, int Column)> Seats() =>
        from row in Enumerable.Range(0, Rows) from column in Enumerable.Range(1, Columns) select ((char)('A' + row), column);

    private static async Task<RegisteredClient> ComesAsync(TestServer server, string hostname, string image, string serial = "")
    {
        using var answer = await server.Http.PostAsync("/fleet/alpha/register", new StringContent($$$"""{"facts":{"image":"{{{image}}}","board_serial":"{{{serial}}}"}}"""), TestServer.Ct);
        answer.EnsureSuccessStatusCode();
        var client = server.Registry.Current.Fleet("alpha")!.ById.Values.Last();
        await server.PingAsync($$"""{"hostname":"{{hostname}}"}""", client.Address.ToString());
        server.WireGuard.Touch("wg_alpha", client.PublicKey, DateTimeOffset.UtcNow, 0);
        return client;
    }
}
