using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Queries.RollCalls;
using WgFleet.Store;

namespace WgFleet.Tests.Fleets.Naming;

/// <summary>hostnames: roster. A machine has the name of its seat, or none.</summary>
public abstract class SeatNamesTests(TestEngine engine)
{
    private const string Roster = "seat,serial,switch_port,hostname\nD14,SN14,,dell-14\nD15,,sw1/15,dell-15\nD16,,,dell-16\n";

    [Fact]
    public async Task A_machine_gets_the_name_of_its_seat_whatever_it_asks_for_and_also_if_it_asks_for_none()
    {
        await using var test = await StartAsync();
        var (serial, port, silent) = (await test.BootAsync("laptop", Serial("SN14")), await test.BootAsync("dell-14", Port("sw1/15")), await test.BootAsync("dell-16"));

        new[] { serial, port, silent }.Select(test.NameOf).ShouldBe(["dell-14", "dell-15", "dell-16"]);
        (await test.PingAsync(serial, null)).ShouldBe(new("dell-14", Changed: false));
        test.Names().Count().ShouldBe(3);
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_machine_that_no_seat_expects_gets_no_name_and_is_unknown_in_the_roll_call()
    {
        await using var test = await StartAsync();
        var laptop = await test.BootAsync("laptop");
        var liar = await test.BootAsync("dell-14");

        (test.NameOf(laptop), test.NameOf(liar)).ShouldBe((null, null));
        RollCall.Of(test.Alpha, test.Time.GetUtcNow()).Unknown.Select(c => c.Id).ShouldBe([laptop.Id, liar.Id]);
        test.Names().ShouldBeEmpty();
    }

    [Fact]
    public async Task Names_from_before_the_policy_are_taken_at_the_next_ping_but_not_those_of_operators_and_pinned_clients()
    {
        await using var test = await NamingTest.StartAsync(engine, HostnamePolicy.Suffix);
        var clients = new[] { await test.BootAsync("laptop"), await test.BootAsync("printer"), await test.BootAsync("scanner"), await test.BootAsync("dell-16") };
        await test.Registry.PinAsync("alpha", clients[1].Id, Acting.As("ops"));
        await test.Registry.SetHostnameAsync(test.Alpha.ById[clients[2].Id], "plotter", Acting.As("ops"));
        await test.RestartAsync(c => c.With(HostnamePolicy.Roster, Roster));
        clients.Select(test.NameOf).ShouldBe(["laptop", "printer", "plotter", "dell-16"]);

        foreach (var (client, asked) in clients.Zip(["laptop", "printer", "scanner", "dell-16"]))
            await test.PingAsync(client, asked);

        clients.Select(test.NameOf).ShouldBe([null, "printer", "plotter", "dell-16"]);
        test.Names().ShouldBe([$"{clients[0].Address}: laptop -> -"]);
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_machine_gets_its_seats_name_from_an_online_one_that_does_not_belong_there()
    {
        await using var test = await NamingTest.StartAsync(engine, HostnamePolicy.Suffix);
        var laptop = await test.BootAsync("dell-14");
        await test.RestartAsync(c => c.With(HostnamePolicy.Roster, Roster));

        var machine = await test.BootAsync("x", Serial("SN14"));

        (test.NameOf(laptop), test.NameOf(machine)).ShouldBe((null, "dell-14"));
        test.Names().ShouldBe([$"{laptop.Address}: dell-14 -> -", $"{machine.Address}: - -> dell-14"]);
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_machine_with_the_seats_key_gets_the_name_from_one_that_only_says_its_serial_number()
    {
        await using var test = await NamingTest.StartAsync(engine, HostnamePolicy.Suffix);
        var machine = await test.BootAsync("laptop");
        await test.RestartAsync(c => c.With(HostnamePolicy.Roster, $"seat,key,serial,hostname\nD14,{machine.PublicKey},SN14,dell-14\n"));
        var liar = await test.BootAsync("x", Serial("SN14"));
        test.NameOf(liar).ShouldBe("dell-14");

        await test.BootAsync(machine, "laptop");

        (test.NameOf(liar), test.NameOf(machine)).ShouldBe((null, "dell-14"));
        test.ShouldAgree();
    }

    [Fact]
    public async Task Of_two_machines_with_one_claim_to_a_seat_the_first_keeps_its_name_while_it_is_alive()
    {
        await using var test = await StartAsync();
        var first = await test.BootAsync("a", Serial("SN14"));
        var second = await test.BootAsync("b", Serial("SN14"));
        await test.LiveAsync(TimeSpan.FromHours(1), (first, "a"), (second, "b"));
        test.Names().Count().ShouldBe(1);
        RollCall.Of(test.Alpha, test.Time.GetUtcNow()).Seats[0].State.ShouldBe(SeatState.Double);

        await test.LiveAsync(NamingTest.Silence, (second, "b"));
        (test.NameOf(first), test.NameOf(second)).ShouldBe((null, "dell-14"));
        await test.LiveAsync(TimeSpan.FromHours(1), (first, "a"), (second, "b"));
        (test.NameOf(first), test.NameOf(second)).ShouldBe((null, "dell-14"));
        test.Names().Count().ShouldBe(3);
    }

    [Fact]
    public async Task Which_machine_it_is_says_more_than_where_it_is_plugged_in()
    {
        await using var test = await NamingTest.StartAsync(engine, HostnamePolicy.Roster, "seat,serial,switch_port\nd14,SN14,sw1/14\n");
        var plugged = await test.BootAsync("a", Port("sw1/14"));
        test.NameOf(plugged).ShouldBe("d14");

        var owner = await test.BootAsync("b", Serial("SN14"));
        await test.LiveAsync(TimeSpan.FromMinutes(10), (plugged, "a"), (owner, "b"));

        (test.NameOf(plugged), test.NameOf(owner)).ShouldBe((null, "d14"));
        test.Names().Count().ShouldBe(3);
    }

    [Fact]
    public async Task In_a_frozen_fleet_names_stay_and_a_machine_without_one_gets_its_own()
    {
        await using var test = await NamingTest.StartAsync(engine, HostnamePolicy.Suffix);
        var laptop = await test.BootAsync("dell-14");
        await test.RestartAsync(c => c.With(HostnamePolicy.Roster, Roster));
        await test.Registry.FreezeAsync("alpha", Acting.As("ops"));

        await test.PingAsync(laptop, "dell-14");
        var (machine, other) = (await test.BootAsync("x", Serial("SN14")), await test.BootAsync("x", Port("sw1/15")));

        new[] { laptop, machine, other }.Select(test.NameOf).ShouldBe(["dell-14", null, "dell-15"]);
    }

    [Fact]
    public async Task Another_roster_gives_other_names_with_the_next_pings_also_in_a_ring()
    {
        await using var test = await StartAsync();
        var (first, second) = (await test.BootAsync("a", Serial("SN14")), await test.BootAsync("b", Port("sw1/15")));

        await test.RestartAsync(c => c.With(HostnamePolicy.Roster, "seat,serial,switch_port,hostname\nD14,SN14,,dell-15\nD15,,sw1/15,dell-14\n"));
        await test.LiveAsync(TimeSpan.FromMinutes(1), (first, "a"), (second, "b"));

        (test.NameOf(first), test.NameOf(second)).ShouldBe(("dell-15", "dell-14"));
        test.ShouldAgree();
    }

    private static Dictionary<string, string> Serial(string serial) => new() { [Facts.BoardSerial] = serial };

    private static Dictionary<string, string> Port(string port) => new() { [Facts.SwitchPort] = port };

    private Task<TestRegistry> StartAsync() => NamingTest.StartAsync(engine, HostnamePolicy.Roster, Roster);
}

public sealed class SqliteSeatNamesTests() : SeatNamesTests(TestEngine.Sqlite);

public sealed class PostgresSeatNamesTests() : SeatNamesTests(TestEngine.Postgres);
