using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Queries.RollCalls;

namespace WgFleet.Tests.Queries.RollCalls;

/// <summary>Somebody in the hall asks which machines are there.</summary>
public class RollCallTests
{
    [Fact]
    public async Task A_machine_is_present_when_it_is_online_and_not_before()
    {
        await using var test = await TestRegistry.StartAsync(c => c.WithRoster("seat,hostname\nD14,\"D14\"\n"));
        Told(test).ShouldBe(["D14 missing"]);

        var client = await test.JoinAsync("alpha", "d14");
        Told(test).ShouldBe(["D14 missing d14(hostname)"]);

        await OnlineAsync(test, client);
        Told(test).ShouldBe(["D14 present d14(hostname)"]);

        await test.PassAsync(TimeSpan.FromMinutes(5));
        Told(test).ShouldBe(["D14 missing d14(hostname)"]);
    }

    [Fact]
    public async Task Two_machines_that_are_online_with_one_name_are_double_and_a_copy_that_is_off_is_not()
    {
        await using var test = await TestRegistry.StartAsync(c => c.WithRoster("seat,hostname\nD14,d14\n"));
        var (first, second) = (await test.JoinAsync("alpha", "d14"), await test.JoinAsync("alpha", "d14"));
        await OnlineAsync(test, second);
        Told(test).ShouldBe(["D14 present d14--2(hostname) d14(hostname)"]);

        await OnlineAsync(test, first);

        Told(test).ShouldBe(["D14 double d14(hostname) d14--2(hostname)"]);
    }

    [Fact]
    public async Task A_machine_that_no_seat_expects_is_unknown_while_it_is_online()
    {
        await using var test = await TestRegistry.StartAsync(c => c.WithRoster("seat,hostname\nD14,d14\n"));
        var (laptop, _) = (await test.JoinAsync("alpha", "laptop"), await test.JoinAsync("alpha", "off"));
        var nameless = await test.JoinAsync();
        await OnlineAsync(test, laptop);
        await OnlineAsync(test, nameless);

        Call(test).Unknown.Select(c => c.Id).ShouldBe([laptop.Id, nameless.Id]);
    }

    [Fact]
    public async Task A_key_of_the_roster_says_more_than_the_machines_name()
    {
        var key = Some.Key();
        await using var test = await TestRegistry.StartAsync(c => c.WithRoster($"seat,key,hostname\nD14,{key},\nD15,,d15\n"));
        var client = await test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true);
        await test.NameAsync(client, "d15");
        await OnlineAsync(test, client);

        Told(test).ShouldBe(["D14 wrong_seat d15(key, elsewhere D15)", "D15 missing"]);
    }

    [Theory]
    [InlineData("board_serial", "5cg1234", "serial")]
    [InlineData("cards", "52:54:00:00:00:01 52:54:00:ab:cd:ef", "card")]
    [InlineData("switch_port", "SW1 gi1/0/14", "switch_port")]
    public async Task A_machine_is_found_by_what_it_says_whatever_its_name(string fact, string value, string by)
    {
        await using var test = await TestRegistry.StartAsync(c => c.WithRoster("seat,serial,card,switch_port\nD14,5CG1234,525400ABCDEF,sw1 Gi1/0/14\n"));
        await OnlineAsync(test, await SaysAsync(test, "whatever", (fact, value)));

        Told(test).ShouldBe([$"D14 present whatever({by})"]);
    }

    [Fact]
    public async Task A_machine_that_is_plugged_in_or_named_elsewhere_is_on_the_wrong_seat_and_the_other_seat_is_missing_its_own()
    {
        await using var test = await TestRegistry.StartAsync(c => c.WithRoster("seat,serial,switch_port\nD14,A,p14\nD15,B,p15\nD16,C,p16\n"));
        await OnlineAsync(test, await SaysAsync(test, "d14", ("board_serial", "A"), ("switch_port", "p15")));
        await OnlineAsync(test, await SaysAsync(test, "d16", ("switch_port", "p16")));

        Told(test).ShouldBe(["D14 wrong_seat d14(serial, elsewhere D15)", "D15 missing", "D16 present d16(switch_port)"]);

        await OnlineAsync(test, await SaysAsync(test, "d14", ("board_serial", "B"), ("switch_port", "p15")));
        Told(test)[1].ShouldBe("D15 wrong_seat d14--2(serial, elsewhere D14)");
    }

    [Fact]
    public async Task A_machine_that_runs_another_image_than_its_seat_should_have_is_on_an_old_image_and_so_is_one_that_does_not_say()
    {
        await using var test = await TestRegistry.StartAsync(c => c.WithRoster("seat,hostname,image\nD14,d14,2026.11.27\nD15,d15,2026.11.27\nD16,d16,2026.11.27\nD17,d17,\n"));
        await OnlineAsync(test, await SaysAsync(test, "d14", ("image", "2026.11.27")));
        await OnlineAsync(test, await SaysAsync(test, "d15", ("image", "2026.11.20")));
        await OnlineAsync(test, await SaysAsync(test, "d16"));
        await OnlineAsync(test, await SaysAsync(test, "d17", ("image", "2026.11.20")));

        Call(test).Seats.Select(s => s.State).ShouldBe([SeatState.Present, SeatState.OldImage, SeatState.OldImage, SeatState.Present]);
    }

    [Fact]
    public async Task All_is_as_expected_when_each_seat_has_its_machine_and_no_other_is_online()
    {
        await using var test = await TestRegistry.StartAsync(c => c.WithRoster("seat,hostname\nD14,d14\nD15,d15\n"));
        await OnlineAsync(test, await test.JoinAsync("alpha", "d14"));
        Call(test).IsAsExpected.ShouldBeFalse();

        await OnlineAsync(test, await test.JoinAsync("alpha", "d15"));
        Call(test).IsAsExpected.ShouldBeTrue();

        await OnlineAsync(test, await test.JoinAsync("alpha", "laptop"));
        Call(test).IsAsExpected.ShouldBeFalse();
    }

    [Fact]
    public async Task A_fleet_without_a_roster_says_how_to_get_one()
    {
        await using var test = await TestRegistry.StartAsync();

        Should.Throw<RefusedException>(() => Call(test)).Message
            .ShouldBe("nobody says which machines fleet alpha should have: name a file in fleets.alpha.roster, and reload");
    }

    private static RollCall Call(TestRegistry test) => RollCall.Of(test.Alpha, test.Time.GetUtcNow());

    private static List<string> Told(TestRegistry test) =>
        [.. Call(test).Seats.Select(s => string.Join(' ', [s.Seat.Name, s.State.Text(), .. s.Clients.Select(c => $"{c.Client.Hostname}({c.Match.By}{(c.Match.Elsewhere is { } other ? $", elsewhere {other.Name}" : "")})")]))];

    private static async Task<RegisteredClient> SaysAsync(TestRegistry test, string hostname, params (string Name, string Value)[] facts)
    {
        var client = await test.Registry.RegisterAsync("alpha", Some.Key(), "198.51.100.7", isClientsOwn: true, facts: facts.ToDictionary(f => f.Name, f => f.Value));
        await test.NameAsync(client, hostname);
        return test.Alpha.ById[client.Id];
    }

    private static async Task OnlineAsync(TestRegistry test, RegisteredClient client)
    {
        test.WireGuard.Touch("wg_alpha", client.PublicKey, test.Time.GetUtcNow(), 0);
        await test.Registry.ObserveAsync("alpha", TestRegistry.Ct);
    }
}
