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

        Told(test).ShouldBe(["D14 present d15(key)", "D15 missing"]);
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
        [.. Call(test).Seats.Select(s => string.Join(' ', [s.Seat.Name, s.State.Text(), .. s.Clients.Select(c => $"{c.Client.Hostname}({c.By})")]))];

    private static async Task OnlineAsync(TestRegistry test, RegisteredClient client)
    {
        test.WireGuard.Touch("wg_alpha", client.PublicKey, test.Time.GetUtcNow(), 0);
        await test.Registry.ObserveAsync("alpha", TestRegistry.Ct);
    }
}
