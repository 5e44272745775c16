using System.Text.Json;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>Machines with join.sh that wait until an operator lets them in.</summary>
public class JoinApprovalTests
{
    private const string Approving = Gateway.Alpha + "    approval: operator\n";

    [Fact]
    public async Task A_machine_waits_also_while_the_server_restarts_and_joins_when_it_is_approved()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Approving);
        var machine = await lan.AddMachineAsync(gateway);
        var joining = machine.TryJoinAsync();
        var before = await WaitingAsync(gateway);
        await Deadline.UntilAsync("the script has its answer", () => File.Exists(machine.Seen("/run/wg-fleet-join/alpha/waits")));
        await Deadline.UntilAsync("the machine is stored", async () => (await gateway.SqlAsync("SELECT count(*) FROM approvals")).Trim() == "1");

        await gateway.Server.StopAsync();
        await gateway.StartAsync(Approving);
        (await WaitingAsync(gateway)).ShouldBe(before, "the machine is the one that asked before the restart");
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
        var gateway = await lan.StartGatewayAsync(Approving);
        var machine = await lan.AddMachineAsync(gateway);
        var joining = machine.TryJoinAsync();
        await WaitingAsync(gateway);

        await gateway.RunAsync("approvals", "refuse", "alpha", "--all", "--config", gateway.ConfigFile);

        var refused = await joining;
        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldEndWith($"{gateway.Url} refuses the registration: An operator has refused to let this machine in to alpha\n");
    }

    /// <summary>When the machine that waits asked first.</summary>
    private static async Task<string> WaitingAsync(Gateway gateway)
    {
        var asked = "";
        await Deadline.UntilAsync("a machine waits", async () =>
        {
            var list = await gateway.RunAsync("approvals", "list", "alpha", "--json", "--config", gateway.ConfigFile);
            if (!list.Output.Contains("\"waiting\"", StringComparison.Ordinal))
                return false;

            asked = JsonDocument.Parse(list.Output).RootElement.GetProperty("machines")[0].GetProperty("asked_at").GetString()!;
            return true;
        });
        return asked;
    }
}
