using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>Machines with join.sh that wait until an operator lets them in.</summary>
public class JoinApprovalTests
{
    [Fact]
    public async Task A_machine_waits_also_while_the_server_restarts_and_joins_when_it_is_approved()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Gateway.Alpha + "    approval: operator\n");
        var machine = await lan.AddMachineAsync(gateway);
        var joining = machine.TryJoinAsync();
        await WaitingAsync(gateway);
        await Eventually.Async(() => File.Exists(machine.Seen("/run/wg-fleet-join/alpha/waits")));

        await gateway.RestartAsync();
        await WaitingAsync(gateway);
        await gateway.RunAsync("approvals", "approve", "alpha", "--all", "--config", gateway.ConfigFile);

        var joined = await joining;
        joined.ExitCode.ShouldBe(0);
        joined.Error.Split('\n')[0].ShouldMatch("^wg-fleet-join: alpha: This machine waits until an operator lets it in to alpha: wg-fleet approvals approve alpha .{43}=$");
        joined.Error.Split("This machine waits").Length.ShouldBe(2, "it says so once");
        await machine.ReachesGatewayAsync();
    }

    [Fact]
    public async Task A_machine_that_is_refused_says_so_and_ends_with_1()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Gateway.Alpha + "    approval: operator\n");
        var machine = await lan.AddMachineAsync(gateway);
        var joining = machine.TryJoinAsync();
        await WaitingAsync(gateway);

        await gateway.RunAsync("approvals", "refuse", "alpha", "--all", "--config", gateway.ConfigFile);

        var refused = await joining;
        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldEndWith($"{gateway.Url} refuses the registration: An operator has refused to let this machine in to alpha\n");
    }

    private static Task WaitingAsync(Gateway gateway) =>
        Eventually.Async(async () => (await gateway.RunAsync("approvals", "list", "alpha", "--config", gateway.ConfigFile)).Contains("waiting", StringComparison.Ordinal));
}
