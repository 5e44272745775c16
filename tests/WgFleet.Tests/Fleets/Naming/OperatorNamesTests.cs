using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hooks;

namespace WgFleet.Tests.Fleets.Naming;

/// <summary>A name that an operator gave stays, whatever the machine asks for.</summary>
public abstract class OperatorNamesTests(TestEngine engine)
{
    [Theory]
    [InlineData("suffix")]
    [InlineData("takeover")]
    [InlineData("refuse")]
    [InlineData("roster")]
    public async Task A_client_keeps_the_name_that_an_operator_gave_it_under_every_policy_and_after_a_restart(string policy)
    {
        await using var test = await NamingTest.StartAsync(engine, Enum.Parse<HostnamePolicy>(policy, ignoreCase: true), "seat,hostname\nD13,dozer\nD14,d14\n");
        var client = await test.BootAsync("dozer");
        await test.Registry.SetHostnameAsync(test.Alpha.ById[client.Id], "crane", Acting.As("ops"));

        (await test.PingAsync(client, "dozer")).ShouldBe(new("crane", Changed: false));
        await test.RestartAsync();
        (await test.PingAsync(client, "dozer")).ShouldBe(new("crane", Changed: false));
        (await test.PingAsync(client, null)).ShouldBe(new("crane", Changed: false));
        test.Alpha.ById[client.Id].NamedBy.ShouldBe("ops");
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_client_that_is_released_keeps_its_name_until_it_asks_for_another()
    {
        await using var test = await NamingTest.StartAsync(engine, HostnamePolicy.Suffix);
        var client = await test.BootAsync("dozer");
        await test.Registry.SetHostnameAsync(test.Alpha.ById[client.Id], "crane", Acting.As("ops"));
        var told = test.Events.Count;

        (await test.Registry.ReleaseNameAsync(test.Alpha.ById[client.Id], Acting.As("kim"))).Hostname.ShouldBe("crane");
        await test.Registry.ReleaseNameAsync(test.Alpha.ById[client.Id], Acting.As("kim"));

        var act = test.Events.Skip(told).ShouldHaveSingleItem().ShouldBeOfType<OperatorActed>();
        (act.Type, act.Operator.Name, act.OnClient!.Hostname).ShouldBe((OperatorActs.ClientNameReleased, "kim", "crane"));
        await test.RestartAsync();
        (test.NameOf(client), test.Alpha.ById[client.Id].NamedBy).ShouldBe(("crane", null));
        (await test.PingAsync(client, "dozer")).Hostname.ShouldBe("dozer");
    }

    [Fact]
    public async Task A_client_that_an_operator_gives_the_name_that_it_has_keeps_it_from_then_on()
    {
        await using var test = await NamingTest.StartAsync(engine, HostnamePolicy.Suffix);
        var clients = new[] { await test.BootAsync("dozer"), await test.BootAsync("crane") };
        var told = test.Events.Count;

        await test.Registry.SetHostnameAsync(test.Alpha.ById[clients[0].Id], "dozer", Acting.As("ops"));
        await test.Registry.SetHostnameAsync(test.Alpha.ById[clients[0].Id], "dozer", Acting.As("ops"));
        (await test.Registry.RenameManyAsync("alpha", [(clients[0].Id, "dozer"), (clients[1].Id, "crane")], Acting.As("ops"))).ShouldBe([clients[1].Id]);

        test.Events.Skip(told).Select(e => (e.Type, e.Client?.Hostname)).ShouldBe([(OperatorActs.ClientNameKept, "dozer"), (OperatorActs.ClientNameKept, "crane")]);
        await test.RestartAsync();
        (await test.PingAsync(clients[0], "winch")).Hostname.ShouldBe("dozer");
        (await test.PingAsync(clients[1], "winch")).Hostname.ShouldBe("crane");
    }

    [Fact]
    public async Task Names_that_many_get_by_a_pattern_stay()
    {
        await using var test = await NamingTest.StartAsync(engine, HostnamePolicy.Suffix);
        var (first, second) = (await test.BootAsync("dozer"), await test.BootAsync("dozer"));

        await test.Registry.RenameManyAsync("alpha", [(first.Id, "pc-2"), (second.Id, "pc-1")], Acting.As("ops"));

        (await test.PingAsync(first, "dozer")).Hostname.ShouldBe("pc-2");
        (await test.PingAsync(second, "dozer")).Hostname.ShouldBe("pc-1");
        await test.RestartAsync();
        test.Alpha.ById.Values.Select(c => c.NamedBy).ShouldBe(["ops", "ops"]);
    }

    [Fact]
    public async Task A_restored_client_has_who_named_it_again()
    {
        await using var test = await NamingTest.StartAsync(engine, HostnamePolicy.Suffix);
        var (named, other) = (await test.BootAsync("dozer"), await test.BootAsync("winch"));
        await test.Registry.SetHostnameAsync(test.Alpha.ById[named.Id], "crane", Acting.As("ops"));
        await test.RemoveAsync(named, other);
        await test.RestartAsync();

        foreach (var tombstone in test.Tombstones)
            await test.Registry.RestoreAsync(tombstone, Acting.As("kim"));

        test.Alpha.ByHostname["crane"].NamedBy.ShouldBe("ops");
        test.Alpha.ByHostname["winch"].NamedBy.ShouldBeNull();
        await test.RestartAsync();
        (await test.PingAsync(test.Alpha.ByHostname["crane"], "dozer")).Hostname.ShouldBe("crane");
    }

    [Fact]
    public async Task Without_an_operator_a_client_gets_each_name_that_it_asks_for()
    {
        await using var test = await NamingTest.StartAsync(engine, HostnamePolicy.Suffix);
        var client = await test.BootAsync("dozer");

        (await test.PingAsync(client, "crane")).Hostname.ShouldBe("crane");
        (await test.PingAsync(client, null)).Hostname.ShouldBe("crane");
        test.Alpha.ById[client.Id].NamedBy.ShouldBeNull();
    }
}

public sealed class SqliteOperatorNamesTests() : OperatorNamesTests(TestEngine.Sqlite);

public sealed class PostgresOperatorNamesTests() : OperatorNamesTests(TestEngine.Postgres);
