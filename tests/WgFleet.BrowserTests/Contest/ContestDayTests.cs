using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using WgFleet.BrowserTests.Harness;
using static Microsoft.Playwright.Assertions;

namespace WgFleet.BrowserTests.Contest;

/// <summary>The day of a contest with two hundred machines, as the person in the hall sees it, from twenty to nine until the hall is dark.</summary>
public partial class ContestDayTests(Chromium chromium)
{
    private ContestHall _hall = null!;
    private Tab _tab = null!;
    private string _token = "";
    private int _pictures;

    [Fact]
    public async Task The_person_in_the_hall_is_told_all_day_what_is_wrong_and_what_to_do()
    {
        await using var hall = _hall = await ContestHall.OpenAsync();
        await using var tab = _tab = await Tab.OpenAsync(chromium, hall.Address, "Europe/Berlin");
        _token = hall.Token();
        await tab.LogInAsync(_token);

        await The_machines_are_switched_onAsync();
        await Machines_are_put_rightAsync();
        await The_contest_beginsAsync();
        await The_gateway_diesAsync();
        await A_reload_is_badAsync();
        await A_machine_is_replacedAsync();
        await The_sheet_is_printedAsync();
        await The_hall_goes_darkAsync();

        // While the gateway is down nothing answers, and whoever is logged out gets a page in place of the stream.
        tab.Wrong.Where(w => !Regex.IsMatch(w, "ERR_CONNECTION|ERR_INCOMPLETE|EventSource's response has a MIME type")).ShouldBeEmpty();
    }

    private async Task The_machines_are_switched_onAsync()
    {
        await _tab.GoAsync("/fleet/hall/rollcall");
        await Expect(Verdict).ToHaveTextAsync("200 seats need somebody");
        await Expect(State).ToHaveTextAsync("Nothing is wrong");
        await PictureAsync("dark-hall");

        // Of two copies of A01's disk, with its key, one stands at A02 and the other at B11. E10's plug is in the port of the switch that is F10's.
        (_hall.Machines["A02"].Key, _hall.Machines["B11"].Key) = (_hall.Machines["A01"].Key, _hall.Machines["A01"].Key);
        _hall.Machines["D07"].Image = "2025.12.24";
        _hall.Machines["E10"].Port = ContestMachine.PortOf("F10");
        string[] off = ["C03", "F10", "J20"];
        foreach (var some in _hall.Seats.Except(off).Chunk(20))
        {
            await Task.WhenAll(some.Select(seat => _hall.Machines[seat].BootAsync()));
            await _hall.PassAsync(TimeSpan.FromSeconds(6));
        }

        await _hall.PassAsync(TimeSpan.FromMinutes(3));
        await Expect(Verdict).ToHaveTextAsync("5 seats need somebody");
        (await _tab.Page.Locator(".seats li:visible").AllInnerTextsAsync()).Select(t => Regex.Replace(t, @"\s+", " ")).ShouldBe(
        [
            "C03 missing never came", "D07 old image pc-d07, image 2025.12.24 instead of 2026.01.01", "E10 wrong seat pc-e10, looks as if it were on F10", "F10 missing never came", "J20 missing never came",
        ]);
        await PictureAsync("roll-call");
        (await _tab.Page.Locator(".hall").EvaluateAsync<int>("hall => hall.scrollWidth - hall.clientWidth")).ShouldBe(0, "nobody can scroll on a projector");

        // The two copies have keys of their own now, and every machine the name of its seat.
        _hall.Machines.Values.Where(m => m.IsOn).Select(m => m.Key).Distinct().Count().ShouldBe(197);
        _hall.Fleet.ById.Values.Count(c => c.Hostname is not null).ShouldBe(197);

        var called = await _hall.RunAsync("rollcall", "hall");
        (called.ExitCode, called.Error).ShouldBe((1, ""));
        called.Out.ShouldContain("195 of 200 seats present, 3 missing, 1 on the wrong seat, 1 on an old image");

        await _tab.GoAsync("/");
        await Expect(Troubles).ToContainTextAsync(["seats of hall are missing"]);
        await Expect(Troubles).ToContainTextAsync(["seats of hall is on an old image"]);
        await PictureAsync("what-is-wrong");
    }

    private async Task Machines_are_put_rightAsync()
    {
        await _tab.GoAsync("/fleet/hall/rollcall");
        foreach (var seat in new[] { "C03", "F10", "J20" })
            await _hall.Machines[seat].BootAsync();

        _hall.Machines["E10"].Port = ContestMachine.PortOf("E10");
        await _hall.Machines["E10"].TellNewsAsync();

        // D07 gets the new image over the old one, and so a new key.
        var (old, anew) = (_hall.Machines["D07"], new ContestMachine(_hall, "D07"));
        old.SwitchOff();
        _hall.Machines["D07"] = anew;
        await _hall.PassUntilAsync(8, 54);
        await anew.BootAsync();
        await _hall.PassUntilAsync(8, 58);

        await Expect(Verdict).ToContainTextAsync("All is as expected");
        await PictureAsync("all-there");
        _hall.Fleet.ByHostname["pc-d07"].PublicKey.ShouldBe(anew.Key);
        (await _hall.RunAsync("rollcall", "hall")).ExitCode.ShouldBe(0);
    }

    private async Task The_contest_beginsAsync()
    {
        await _tab.GoAsync("/fleet/hall");
        await _hall.PassUntilAsync(9, 1);

        await _tab.GoAsync("/fleet/hall");
        await Expect(_tab.Page.Locator(".phase")).ToContainTextAsync("contest until");
        await PictureAsync("contest");

        var stranger = new ContestMachine(_hall, "J20") { Serial = "SN-STRANGER" };
        await stranger.BootAsync();
        stranger.LastStatus.ShouldBe(HttpStatusCode.ServiceUnavailable);
        stranger.SwitchOff();
    }

    private async Task The_gateway_diesAsync()
    {
        await _hall.PassUntilAsync(9, 10);
        var keys = _hall.Fleet.ByKey.Keys.ToHashSet();
        await _tab.GoAsync("/fleet/hall/rollcall");
        await Expect(_tab.Page.Locator("body")).Not.ToHaveClassAsync("stale");

        await _hall.KillAsync();
        await Expect(_tab.Page.Locator("body")).ToHaveClassAsync("stale");
        await Expect(Pulse).ToContainTextAsync("Not live since");
        await PictureAsync("gateway-died", isLive: false);

        await _hall.StartAsync();
        await LogInAgainAsync("/fleet/hall/rollcall");
        await _hall.PassAsync(TimeSpan.FromMinutes(2));
        await Expect(Verdict).ToContainTextAsync("All is as expected");
        _hall.Fleet.ByKey.Keys.ToHashSet().SetEquals(keys).ShouldBeTrue();
        _hall.Machines.Values.ShouldAllBe(m => m.LastStatus == HttpStatusCode.OK);
        await PictureAsync("gateway-back");
    }

    private async Task A_reload_is_badAsync()
    {
        await _tab.GoAsync("/");
        _hall.Configure(more: "prune_timout: 1h");
        var reload = await _hall.RunAsync("reload");
        reload.ExitCode.ShouldNotBe(0);
        reload.Error.ShouldContain("unknown key 'prune_timout'");

        await Expect(Troubles).ToContainTextAsync(["prune_timout"]);
        await PictureAsync("bad-reload");

        _hall.Configure(enrollment: "unchanged");
        (await _hall.RunAsync("reload")).ExitCode.ShouldBe(0);
        await _tab.GoAsync("/");
        await Expect(_tab.Page.GetByText("prune_timout")).ToHaveCountAsync(0);
    }

    private async Task A_machine_is_replacedAsync()
    {
        await _hall.PassUntilAsync(10, 30);
        _hall.Machines["G15"].SwitchOff();
        await _hall.PassUntilAsync(10, 36);
        await _tab.GoAsync("/fleet/hall/rollcall");
        await Expect(Verdict).ToHaveTextAsync("1 seat needs somebody");
        await PictureAsync("machine-died");

        // The spare has another board: the roster is told, and the dead client makes room, because names are frozen.
        _hall.Roster(("G15", "SN-SPARE"));
        (await _hall.RunAsync("reload")).ExitCode.ShouldBe(0);
        (await _hall.RunAsync("clients", "remove", "pc-g15", "--yes")).ExitCode.ShouldBe(0);
        _hall.Machines["G15"] = new ContestMachine(_hall, "G15") { Serial = "SN-SPARE" };
        await _tab.GoAsync("/fleet/hall/rollcall");
        await _hall.Machines["G15"].BootAsync();
        await _hall.PassAsync(TimeSpan.FromMinutes(2));

        await Expect(Verdict).ToContainTextAsync("All is as expected");
        _hall.Fleet.ByHostname["pc-g15"].PublicKey.ShouldBe(_hall.Machines["G15"].Key);
        await PictureAsync("machine-replaced");
    }

    private async Task The_sheet_is_printedAsync()
    {
        await _hall.PassUntilAsync(14, 2);
        await _tab.GoAsync("/fleet/hall");
        await Expect(_tab.Page.Locator(".phase")).ToHaveCountAsync(0);

        await _tab.GoAsync("/fleet/hall/rollcall");
        await Expect(Verdict).ToContainTextAsync("All is as expected");
        await _tab.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await _tab.ResizeAsync(794);
        await Expect(_tab.Page.Locator(".sign")).ToBeVisibleAsync();
        await Expect(_tab.Page.Locator("#as-of")).ToContainTextAsync("14:0");
        await _tab.PictureAsync("contest-sheet");
        await _tab.Page.EmulateMediaAsync(new() { Media = Media.Screen });
    }

    private async Task The_hall_goes_darkAsync()
    {
        foreach (var machine in _hall.Machines.Values)
            machine.SwitchOff();

        await _hall.PassUntilAsync(15, 0);
        _hall.Fleet.Count.ShouldBe(200);
        await _tab.GoAsync("/");
        await Expect(Troubles).ToContainTextAsync(["The prune of 200 clients of hall is held"]);
        await PictureAsync("evening");

        await _tab.GoAsync("/fleet/hall");
        await _tab.Page.GetByText("They are gone for good").ClickAsync();
        await _tab.Page.GetByRole(AriaRole.Button, new() { Name = "Remove 200 stale clients" }).ClickAsync();
        await Expect(_tab.Page.GetByText("200 clients removed")).ToBeVisibleAsync();
        await Expect(State).ToHaveTextAsync("Nothing is wrong");
        await PictureAsync("night");
    }

    /// <summary>Sessions end when the server starts; an open page leads to the login then.</summary>
    private async Task LogInAgainAsync(string path)
    {
        await Expect(_tab.Page.GetByLabel("Token")).ToBeVisibleAsync();
        await _tab.LogInAsync(_token);
        await _tab.GoAsync(path);
    }

    private ILocator Verdict => _tab.Page.Locator(".verdict");

    private ILocator State => _tab.Page.Locator("#state");

    private ILocator Pulse => _tab.Page.Locator("#pulse");

    private ILocator Troubles => _tab.Page.Locator("#troubles li");

    /// <summary>Looks at the page on a phone and on the projector, by axe and for people.</summary>
    private async Task PictureAsync(string name, bool isLive = true)
    {
        _pictures++;
        foreach (var (device, width, scheme) in new[] { ("phone", 390, ColorScheme.Light), ("projector", 1920, ColorScheme.Dark) })
        {
            await _tab.ResizeAsync(width);
            await _tab.ColourAsync(scheme);
            (await _tab.OverflowAsync()).ShouldBe(0, $"{name} on a {device}");
            await _tab.PictureAsync($"contest-{_pictures:00}-{name}-{device}");
        }

        (await Axe.FindAsync(_tab.Page)).ShouldBeEmpty(name);
        if (isLive)
            await Expect(_tab.Page.Locator("body")).Not.ToHaveClassAsync("stale");
    }
}
