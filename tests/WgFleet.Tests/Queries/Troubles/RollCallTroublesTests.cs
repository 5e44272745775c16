using WgFleet.Config;
using WgFleet.Dashboard.TroublePages;
using WgFleet.Fleets.State;
using WgFleet.Queries.Troubles;

namespace WgFleet.Tests.Queries.Troubles;

/// <summary>Nobody should read that nothing is wrong above a roll call that has missing seats.</summary>
public class RollCallTroublesTests
{
    private const string Header = "seat,hostname,image\n";

    [Fact]
    public async Task Missing_seats_are_told_from_the_first_machine_that_comes_until_the_last_one_goes()
    {
        await using var test = await TestRegistry.StartAsync(c => c.WithRoster(Header + "D13,d13,\nD14,d14,\nD15,d15,\n"));
        var troubles = new RollCallTroubles(() => test.Registry.Current);
        Told(test, troubles).ShouldBeEmpty("the hall is switched off");

        await OnlineAsync(test, await test.JoinAsync("alpha", "d14"));
        Told(test, troubles).ShouldBe([(TroubleKind.SeatsMissing, "2 of 3 seats of alpha are missing: D13, D15", "")]);

        await OnlineAsync(test, await test.JoinAsync("alpha", "d13"));
        Told(test, troubles).ShouldBe([(TroubleKind.SeatsMissing, "1 of 3 seats of alpha is missing: D15", "")]);

        await test.PassAsync(TimeSpan.FromMinutes(5));
        Told(test, troubles).ShouldBeEmpty("the hall is switched off again");
    }

    [Fact]
    public async Task During_a_phase_a_hall_without_any_machine_is_told_too()
    {
        var contest = new PhaseConfig("contest", new(null, new(4, 0)), new(null, new(5, 0)), TimeZoneInfo.Utc);
        await using var test = await TestRegistry.StartAsync(c => c.WithRoster(Header + "D14,d14,\nD15,d15,\n") is var with ? with with { Fleets = [with.Fleets[0] with { Phases = [contest] }, with.Fleets[1]] } : c);
        var troubles = new RollCallTroubles(() => test.Registry.Current);
        Told(test, troubles).ShouldBeEmpty();

        await test.PassAsync(contest.After(test.Time.GetUtcNow())!.From - test.Time.GetUtcNow());
        await test.Registry.FollowPhasesAsync();

        Told(test, troubles).ShouldBe([(TroubleKind.SeatsMissing, "2 of 2 seats of alpha are missing: D14, D15", "")]);
    }

    [Fact]
    public async Task Each_kind_of_seat_that_needs_somebody_is_told_by_itself_and_so_are_machines_that_no_seat_expects()
    {
        await using var test = await TestRegistry.StartAsync(c => c.WithRoster("seat,serial,hostname,image\nD13,,d13,\nD14,A,d14,\nD15,B,d15,\nD16,,d16,2026.11.27\n"));
        var troubles = new RollCallTroubles(() => test.Registry.Current);
        await ComesAsync(test, "d13");
        await ComesAsync(test, "d13");
        await ComesAsync(test, "d15", ("board_serial", "A"));
        await ComesAsync(test, "d16", ("image", "2026.11.20"));
        await ComesAsync(test, "laptop");

        Told(test, troubles).ShouldBe(
        [
            (TroubleKind.SeatsMissing, "1 of 4 seats of alpha is missing: D15", ""),
            (TroubleKind.SeatsDouble, "1 of 4 seats of alpha is double: D13", "d13 d13--2"),
            (TroubleKind.SeatsWrong, "1 of 4 seats of alpha is wrong: D14", "d15"),
            (TroubleKind.SeatsOldImage, "1 of 4 seats of alpha is on an old image: D16", "d16"),
            (TroubleKind.MachinesUnknown, "1 machine in alpha is not in its roster: laptop", "laptop"),
        ]);
    }

    [Fact]
    public async Task Of_many_seats_five_are_named()
    {
        await using var test = await TestRegistry.StartAsync(c => c.WithRoster("seat,hostname\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"S{i},s{i}\n"))));
        await ComesAsync(test, "s1");

        Told(test, new RollCallTroubles(() => test.Registry.Current)).ShouldBe([(TroubleKind.SeatsMissing, "39 of 40 seats of alpha are missing: S2, S3, S4, S5, S6 and 34 more", "")]);
    }

    [Fact]
    public async Task It_leads_to_the_roll_call_and_has_its_command()
    {
        await using var test = await TestRegistry.StartAsync(c => c.WithRoster(Header + "D14,d14,\nD15,d15,\n"));
        await ComesAsync(test, "d14");
        var trouble = new RollCallTroubles(() => test.Registry.Current).Now(test.Time.GetUtcNow()).ShouldHaveSingleItem();

        trouble.Command.ShouldBe("wg-fleet rollcall alpha");
        trouble.Severity.ShouldBe(Severity.Attention);
        TroubleRow.Of(trouble, test.Time.GetUtcNow()).Link.ShouldBe("/fleet/alpha/rollcall");
    }

    [Fact]
    public async Task A_fleet_without_a_roster_and_one_that_is_as_expected_have_no_trouble()
    {
        await using var test = await TestRegistry.StartAsync(c => c.WithRoster(Header + "D14,d14,\n"));
        await ComesAsync(test, "d14");

        Told(test, new RollCallTroubles(() => test.Registry.Current)).ShouldBeEmpty();
    }

    /// <summary>The troubles, a second after the last time that they were read.</summary>
    private static List<(TroubleKind, string, string)> Told(TestRegistry test, RollCallTroubles troubles)
    {
        test.Time.Advance(TimeSpan.FromSeconds(1));
        return [.. troubles.Now(test.Time.GetUtcNow()).OrderBy(t => t.Kind).Select(t => (t.Kind, t.Sentence, string.Join(' ', t.Clients ?? [])))];
    }

    private static async Task ComesAsync(TestRegistry test, string hostname, params (string Name, string Value)[] facts)
    {
        var client = await test.Registry.RegisterAsync("alpha", Some.Key(), "198.51.100.7", isClientsOwn: true, facts: facts.ToDictionary(f => f.Name, f => f.Value));
        await test.NameAsync(client, hostname);
        await OnlineAsync(test, client);
    }

    private static async Task OnlineAsync(TestRegistry test, RegisteredClient client)
    {
        test.WireGuard.Touch("wg_alpha", client.PublicKey, test.Time.GetUtcNow(), 0);
        await test.Registry.ObserveAsync("alpha", TestRegistry.Ct);
    }
}
