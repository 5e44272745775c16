using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hooks;

namespace WgFleet.Tests.Fleets.Naming;

/// <summary>hostnames: takeover. A name goes from a client that is offline to one that asks for it.</summary>
public abstract class TakeoverTests(TestEngine engine)
{
    private static readonly TimeSpan Silence = NamingTest.Silence;

    [Fact]
    public async Task A_reinstalled_machine_takes_its_name_over_from_what_it_was_in_one_transaction()
    {
        await using var test = await StartAsync();
        var before = await test.BootAsync("d14");
        await test.PassAsync(Silence);
        var after = await test.BootAsync(null);
        var (told, batches) = (test.Events.Count, test.Batches);

        var naming = await test.PingAsync(after, "d14");

        (naming.Hostname, naming.Changed, naming.Holder?.Id).ShouldBe(("d14", true, before.Id));
        test.Names(told).ShouldBe([$"{before.Address}: d14 -> -", $"{after.Address}: - -> d14"]);
        (test.Batches - batches).ShouldBe(1);
        test.NameOf(before).ShouldBeNull();
        test.Alpha.ById.ShouldContainKey(before.Id, "it keeps its tunnel");
        test.ShouldAgree();
        await test.RestartAsync();
        (test.NameOf(before), test.NameOf(after)).ShouldBe((null, "d14"));
        test.ShouldAgree();
    }

    [Fact]
    public async Task Hooks_see_the_client_that_lost_its_name_without_it_before_the_other_has_it()
    {
        await using var test = await StartAsync();
        var before = await test.BootAsync("d14");
        await test.PassAsync(Silence);

        await test.BootAsync("d14");

        var lost = (ClientHostnameChanged)test.Events[^2];
        (lost.Client.Address, lost.Client.Hostname, lost.Client.Fqdn, lost.Previous).ShouldBe((before.Address, null, null, "d14"));
        EventTypes.Tell(lost).ShouldBe("lost the name d14");
        new Change([lost], test.Registry.Current).TouchesNamed.ShouldBeTrue("the hosts file has a line less");
    }

    [Fact]
    public async Task An_online_holder_keeps_its_name_and_the_newcomer_gets_a_number()
    {
        await using var test = await StartAsync();
        var first = await test.BootAsync("d14");
        var second = await test.BootAsync("d14");

        (test.NameOf(first), test.NameOf(second)).ShouldBe(("d14", "d14--2"));
        test.ShouldAgree();
    }

    [Fact]
    public async Task Two_machines_that_are_alive_and_ask_for_one_name_keep_what_they_have_at_every_ping()
    {
        await using var test = await StartAsync();
        var first = await test.BootAsync("d14");
        var second = await test.BootAsync("d14");
        var told = test.Events.Count;

        await test.LiveAsync(TimeSpan.FromHours(1), (second, "d14"), (first, "d14"));

        test.Names(told).ShouldBeEmpty();
        (test.NameOf(first), test.NameOf(second)).ShouldBe(("d14", "d14--2"));
    }

    [Fact]
    public async Task Two_machines_that_boot_at_once_keep_what_they_have_before_the_interface_was_read()
    {
        await using var test = await StartAsync();
        await test.PassAsync(Silence);
        var (first, second) = (await test.JoinAsync(), await test.JoinAsync());

        for (var i = 0; i < 3; i++)
        {
            (await test.PingAsync(first, "d14")).Hostname.ShouldBe("d14");
            (await test.PingAsync(second, "d14")).Hostname.ShouldBe("d14--2");
        }
    }

    [Fact]
    public async Task The_old_holder_gets_a_number_when_it_comes_back_and_both_keep_what_they_have()
    {
        await using var test = await StartAsync();
        var old = await test.BootAsync("d14");
        await test.PassAsync(Silence);
        var next = await test.BootAsync("d14");
        await test.LiveAsync(Silence, (next, "d14"));

        await test.BootAsync(old, "d14");
        var told = test.Events.Count;
        await test.LiveAsync(TimeSpan.FromHours(1), (old, "d14"), (next, "d14"));

        (test.NameOf(old), test.NameOf(next)).ShouldBe(("d14--2", "d14"));
        test.Names(told).ShouldBeEmpty();
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_machine_that_was_reinstalled_at_once_gets_its_name_when_what_it_was_counts_as_offline()
    {
        await using var test = await StartAsync();
        var before = await test.BootAsync("d14");
        var after = await test.BootAsync("d14");
        test.NameOf(after).ShouldBe("d14--2");

        await test.LiveAsync(Silence, (after, "d14"));

        (test.NameOf(before), test.NameOf(after)).ShouldBe((null, "d14"));
        (await test.PingAsync(await test.JoinAsync(), "d14--2")).Hostname.ShouldBe("d14--2", "it is free again");
        test.ShouldAgree();
    }

    [Fact]
    public async Task After_a_restart_nobody_counts_as_gone_before_there_was_time_for_a_sign_of_life()
    {
        await using var test = await StartAsync();
        var first = await test.BootAsync("d14");
        var second = await test.BootAsync("d14");
        await test.Registry.StopAsync();
        await test.StopAsync();
        test.Time.Advance(TimeSpan.FromHours(1));
        await test.StartAgainAsync();

        (await test.PingAsync(second, "d14")).Hostname.ShouldBe("d14--2");
        await test.LiveAsync(TimeSpan.FromMinutes(2), (second, "d14"));
        test.NameOf(second).ShouldBe("d14--2");
        await test.LiveAsync(Silence, (first, "d14"), (second, "d14"));

        (test.NameOf(first), test.NameOf(second)).ShouldBe(("d14", "d14--2"));
    }

    [Fact]
    public async Task After_the_gateway_slept_nobody_counts_as_gone_before_its_interface_was_read()
    {
        await using var test = await StartAsync();
        var first = await test.BootAsync("d14");
        var second = await test.BootAsync("d14");
        await test.LiveAsync(Silence * 2, (first, "d14"), (second, "d14"));

        test.Time.Advance(TimeSpan.FromHours(8));

        (await test.PingAsync(second, "d14")).Hostname.ShouldBe("d14--2");
        await test.LiveAsync(Silence, (first, "d14"), (second, "d14"));
        (test.NameOf(first), test.NameOf(second)).ShouldBe(("d14", "d14--2"));
    }

    [Fact]
    public async Task A_holder_that_an_operator_named_or_pinned_keeps_its_name_however_long_it_is_silent()
    {
        await using var test = await StartAsync();
        var named = await test.BootAsync("old");
        await test.Registry.SetHostnameAsync(test.Alpha.ById[named.Id], "d14", Acting.As("ops"));
        var pinned = await test.BootAsync("d15");
        await test.Registry.PinAsync("alpha", pinned.Id, Acting.As("ops"));
        await test.PassAsync(TimeSpan.FromHours(9));

        var (one, other) = (await test.BootAsync("d14"), await test.BootAsync("d15"));

        new[] { named, pinned, one, other }.Select(test.NameOf).ShouldBe(["d14", "d15", "d14--2", "d15--2"]);
    }

    [Fact]
    public async Task In_a_frozen_fleet_nobody_loses_a_name()
    {
        await using var test = await StartAsync();
        var old = await test.BootAsync("d14");
        await test.PassAsync(Silence);
        await test.Registry.FreezeAsync("alpha", Acting.As("ops"));
        var next = await test.BootAsync("d14");
        (test.NameOf(old), test.NameOf(next)).ShouldBe(("d14", "d14--2"));

        await test.Registry.ThawAsync("alpha", Acting.As("ops"));
        await test.PingAsync(next, "d14");
        (test.NameOf(old), test.NameOf(next)).ShouldBe((null, "d14"));
    }

    [Fact]
    public async Task Of_many_that_ask_for_the_name_of_a_silent_client_at_once_one_gets_it()
    {
        await using var test = await StartAsync();
        var old = await test.BootAsync("d14");
        await test.PassAsync(Silence);
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => test.JoinAsync()));

        var names = await Task.WhenAll(clients.Select(c => test.PingAsync(c, "d14")));

        names.Select(n => n.Hostname).ShouldBe(["d14", .. Enumerable.Range(2, 19).Select(i => $"d14--{i}")], ignoreOrder: true);
        test.NameOf(old).ShouldBeNull();
        test.ShouldAgree();
    }

    private Task<TestRegistry> StartAsync() => NamingTest.StartAsync(engine, HostnamePolicy.Takeover);
}

public sealed class SqliteTakeoverTests() : TakeoverTests(TestEngine.Sqlite);

public sealed class PostgresTakeoverTests() : TakeoverTests(TestEngine.Postgres);
