using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>join.sh knows its machine again, and a copy of it from it.</summary>
public class JoinIdentityTests
{
    private const string SomeId = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task A_card_with_a_random_address_does_not_make_another_machine_at_each_start()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);

        for (var start = 0; start < 4; start++)
        {
            // The kernel gives a new veth a random address.
            await machine.RunAsync("sh", "-ec", "ip link del fl_alpha 2>/dev/null || true; ip link del vq0 2>/dev/null || true; ip link add vq0 type veth peer name vq1");
            await machine.JoinAsync();
        }

        (await gateway.PeersAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_address_that_changes_at_each_start_is_the_same_machine_with_the_same_machine_id_and_disk()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = (await lan.AddClientAsync()).Machine;

        for (var start = 0; start < 4; start++)
        {
            await machine.OwnFoldersAsync();
            await File.WriteAllTextAsync(machine.Seen("/etc/machine-id"), SomeId + "\n", TestContext.Current.CancellationToken);
            await machine.DownloadAsync(gateway);
            await machine.JoinAsync();
            machine = await lan.RebootAsync(machine);
            await machine.RunAsync("ip", "link", "set", "eth0", "address", $"02:00:00:99:00:0{start}");
        }

        (await gateway.PeersAsync()).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("uninitialized\n")]
    public async Task An_uninitialized_machine_id_does_not_count(string machineId)
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await File.WriteAllTextAsync(machine.Seen("/etc/machine-id"), machineId, TestContext.Current.CancellationToken);

        (await machine.TryJoinAsync("--status")).Output.ShouldContain("\nKnown by:  given 02:00:00:00:01:01\n");
    }

    [Fact]
    public async Task A_machine_is_not_known_by_a_random_address()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await File.WriteAllTextAsync(machine.Seen("/etc/machine-id"), SomeId + "\n", TestContext.Current.CancellationToken);
        await machine.RunAsync("sh", "-ec", "ip link del eth0; ip link add eth0 type veth peer name eth1");

        (await machine.TryJoinAsync("--status")).Output.ShouldContain($"\nKnown by:  machine-id {SomeId}\n");
    }

    [Fact]
    public async Task Another_machine_id_is_another_machine()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await File.WriteAllTextAsync(machine.Seen("/etc/machine-id"), SomeId + "\n", TestContext.Current.CancellationToken);
        await machine.JoinAsync();

        await File.WriteAllTextAsync(machine.Seen("/etc/machine-id"), "f" + SomeId[1..] + "\n", TestContext.Current.CancellationToken);
        (await machine.JoinAsync()).ShouldContain("this is another machine than the one that made the key: starting anew\n");

        (await gateway.PeersAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_machine_id_of_an_image_does_not_identify_its_copies()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await File.WriteAllTextAsync(machine.Seen("/etc/machine-id"), SomeId + "\n", TestContext.Current.CancellationToken);

        await machine.RunAsync("sh", "-ec", "mkdir /run/bin; ln -s /bin/true /run/bin/systemctl; PATH=/run/bin:$PATH sh /var/lib/join.sh --install");

        (await machine.TryJoinAsync("--status")).Output.ShouldContain("\nKnown by:  given 02:00:00:00:01:01\n");
    }
}
