using System.Net;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>Machines that ask for a name that another one has, in fleets with other policies than suffix.</summary>
public class TakeoverTests
{
    // Of the first machine of a network, whose card has it in its address.
    private const int FirstNumber = 257;

    [Fact]
    public async Task A_reinstalled_machine_takes_its_name_over_and_its_former_self_gets_a_number_when_it_comes_back()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Gateway.Alpha + "hostnames: takeover\noffline_after: 1m\n");
        var former = await lan.AddMachineAsync(gateway);
        var formerAddress = AddressIn(await former.JoinAsync());
        await former.ReachesGatewayAsync();
        await lan.PowerOffAsync(former);

        // At once, while the former one counts as online.
        var machine = await lan.AddMachineAsync(gateway);
        var said = await machine.JoinAsync();
        said.ShouldContain(" as excavator--2.alpha.example.net, ");
        var address = AddressIn(said);
        address.ShouldNotBe(formerAddress);

        await Deadline.UntilAsync("the machine has its name again", async () => (await machine.JoinAsync()).Contains(" as excavator.alpha.example.net, ", StringComparison.Ordinal));

        gateway.HostsFile.ShouldBe($"{address} excavator.alpha.example.net\n");
        (await NamesAsync(gateway)).ShouldBe(["-", "excavator"]);
        (await ChangesAsync(gateway)).ShouldBe(["- -> excavator", "- -> excavator--2", "excavator -> -", "excavator--2 -> excavator"]);
        await machine.ReachesGatewayAsync();

        // The former one is switched on again, with its old disk and key.
        former = await lan.BootAsync(former.Name, FirstNumber);
        AddressIn(await former.JoinAsync()).ShouldBe(formerAddress);
        for (var round = 0; round < 3; round++)
        {
            (await machine.JoinAsync()).ShouldBeEmpty();
            (await former.JoinAsync()).ShouldBeEmpty();
        }

        (await NamesAsync(gateway)).ShouldBe(["excavator--2", "excavator"]);
        (await ChangesAsync(gateway)).Skip(4).ShouldBe(["- -> excavator--2"]);
        await former.ReachesGatewayAsync();
        await machine.ReachesGatewayAsync();
    }

    [Fact]
    public async Task A_machine_whose_name_is_refused_is_in_the_fleet_says_so_once_and_gets_the_name_when_it_is_free()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var holder = AddressIn(await (await lan.AddMachineAsync(gateway)).JoinAsync());
        await File.WriteAllTextAsync(gateway.ConfigFile, Gateway.Alpha + "hostnames: refuse\n", TestContext.Current.CancellationToken);
        (await gateway.RunAsync("reload", "--config", gateway.ConfigFile)).Succeeded("the policy is changed by a reload");
        var machine = await lan.AddMachineAsync(gateway);

        var said = await machine.JoinAsync();

        said.ShouldContain($" as a machine without a name, {AddressIn(said)}. Hostname 'excavator' is taken: {holder} has it\n");
        (await machine.JoinAsync()).ShouldBeEmpty();
        (await machine.TryJoinAsync("--status")).Output.ShouldContain("\nIn:        yes\nName:      \n");
        await machine.ReachesGatewayAsync();
        (await gateway.PeersAsync()).Count.ShouldBe(2);
        (await gateway.RunAsync("status", "--config", gateway.ConfigFile)).Output.ShouldContain("1 client of alpha asks for a name that another one has");

        (await gateway.RunAsync("clients", "remove", "excavator", "--config", gateway.ConfigFile)).Succeeded("the holder is removed");
        (await machine.JoinAsync()).ShouldContain(" as excavator.alpha.example.net, ");
        gateway.HostsFile.ShouldBe($"{AddressIn(said)} excavator.alpha.example.net\n");
    }

    /// <summary>The address in "in the fleet at URL as NAME, ADDRESS".</summary>
    private static IPAddress AddressIn(string said) =>
        IPAddress.Parse(said.Split('\n').Last(l => l.Contains(" in the fleet at ", StringComparison.Ordinal)).Split(", ")[^1].Split(". ")[0]);

    private static async Task<string[]> NamesAsync(Gateway gateway) =>
        (await gateway.SqlAsync("SELECT coalesce(hostname, '-') FROM clients ORDER BY id")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The changes of names in the event log, the earliest first.</summary>
    private static async Task<string[]> ChangesAsync(Gateway gateway) => (await gateway.SqlAsync(
        "SELECT coalesce(json_extract(data, '$.previous'), '-') || ' -> ' || coalesce(json_extract(data, '$.client.hostname'), '-') FROM events WHERE type = 'client.hostname_changed' ORDER BY seq"))
        .Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
