using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>What join.sh tells the server of the machine.</summary>
public class JoinFactsTests
{
    [Theory]
    [InlineData("dash")]
    [InlineData("bash")]
    [InlineData("busybox sh")]
    public async Task A_machine_tells_what_it_is_and_after_another_image_was_installed_tells_that(string shell)
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await machine.RunAsync("sh", "-c", "echo 2026.11.20 >/etc/image-build");

        await RoundAsync(machine, shell);
        (await ShownAsync(gateway)).ShouldContain("\nimage           2026.11.20\n");
        (await ShownAsync(gateway)).ShouldContain($"\nkernel          {(await machine.RunAsync("uname", "-r")).Trim()}\n");

        await machine.RunAsync("sh", "-c", "echo '2026.11.27 \"new\"' >/etc/image-build");
        (await RoundAsync(machine, shell)).ShouldBeEmpty();
        (await ShownAsync(gateway)).ShouldContain("\nimage           2026.11.27 new\n");
        (await gateway.RunAsync("clients", "explain", "excavator")).Output.ShouldContain("runs image 2026.11.27 new, before 2026.11.20");
        (await gateway.PeersAsync()).Count.ShouldBe(1);
        await machine.ReachesGatewayAsync();
    }

    [Fact]
    public async Task A_machine_tells_only_what_it_is_allowed_to()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);

        await machine.JoinAsync("--facts", "none", "--image", "secret");
        (await ShownAsync(gateway)).ShouldNotContain("secret");
        (await ShownAsync(gateway)).ShouldNotContain("kernel");

        await machine.JoinAsync("--facts", "image,os", "--image", "told");
        (await ShownAsync(gateway)).ShouldContain("\nimage           told\n");
        (await ShownAsync(gateway)).ShouldNotContain("kernel");
    }

    private static Task<string> RoundAsync(Machine machine, string shell) =>
        machine.RunAsync("sh", "-c", $"WG_FLEET_HOSTNAME=excavator {shell} /var/lib/join.sh");

    private static async Task<string> ShownAsync(Gateway gateway) => (await gateway.RunAsync("clients", "show", "excavator")).Output;
}
