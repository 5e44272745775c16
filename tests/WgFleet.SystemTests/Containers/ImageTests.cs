using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Containers;

/// <summary>The container images, built by buildah and run by podman.</summary>
[OnlyInAll("builds images with buildah and runs them with podman")]
public sealed class ImageTests
{
    private static readonly string[] Settings =
    [
        "--env", "WG_FLEET__DOMAIN=example.net", "--env", "WG_FLEET__PRUNE_TIMEOUT=30m",
        "--env", "WG_FLEET__FLEETS__ALPHA__IP6=fd00:a0a8:34d:a0::1", "--env", "WG_FLEET__FLEETS__ALPHA__SUBNET=fd00:a0a8:34d:a0::/64",
        "--env", "WG_FLEET__FLEETS__ALPHA__EXTERNAL_IP=10.201.0.1", "--env", "WG_FLEET__FLEETS__ALPHA__PORT=51820",
    ];

    [Fact]
    public async Task A_machine_joins_a_server_in_a_container_and_is_still_in_after_the_container_is_made_anew()
    {
        await using var store = await ContainerStore.BuildAsync();
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        string[] run = ["--cap-add", "NET_ADMIN", "--device", "/dev/net/tun", "--volume", "data:/var/lib/wg-fleet", "--volume", "keys:/etc/wireguard",
            .. Settings, "localhost/wg-fleet:wireguard-go"];

        var first = store.Start(gateway.Machine, "first", run);
        await HealthyAsync(store, "first", first);
        var client = await lan.AddClientAsync();
        await client.JoinAsync(gateway);
        (await client.PingAsync("works")).Status.ShouldBe(200);

        await store.PodmanAsync("stop", "first");
        (await first.FinishedAsync()).ExitCode.ShouldBe(0, first.Error);
        await HealthyAsync(store, "second", store.Start(gateway.Machine, "second", run));

        (await store.PodmanAsync("exec", "second", "wg-fleet", "clients", "list")).Output.ShouldContain("works");
        (await client.ReachesGatewayAsync(180)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_container_without_the_right_to_make_interfaces_says_which_option_is_missing()
    {
        await using var store = await ContainerStore.BuildAsync();
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();

        var bare = store.Start(gateway.Machine, "bare", [.. Settings, "localhost/wg-fleet:wireguard-go"]);
        await LogsAsync(bare, "--cap-add NET_ADMIN");
        (await store.PodmanAsync("healthcheck", "run", "bare")).ExitCode.ShouldBe(1);
        await store.PodmanAsync("stop", "bare");

        var noDevice = store.Start(gateway.Machine, "no-device", ["--cap-add", "NET_ADMIN", .. Settings, "localhost/wg-fleet:wireguard-go"]);
        await LogsAsync(noDevice, "--device /dev/net/tun");
        await store.PodmanAsync("stop", "no-device");

        var noProgram = store.Start(gateway.Machine, "no-program", ["--cap-add", "NET_ADMIN", .. Settings, "localhost/wg-fleet:kernel"]);
        await LogsAsync(noProgram, "the image wg-fleet:wireguard-go");
    }

    private static Task HealthyAsync(ContainerStore store, string name, RunningProcess container) => Deadline.UntilAsync($"{name} is healthy", async () =>
    {
        if (container.Exited.IsCompleted)
            Assert.Fail($"{name} ended:\n{container.Output}{container.Error}");

        return (await store.PodmanAsync("healthcheck", "run", name)).ExitCode == 0;
    });

    private static Task LogsAsync(RunningProcess container, string text) => Deadline.UntilAsync($"the log says {text}", () =>
    {
        var log = container.Output + container.Error;
        if (container.Exited.IsCompleted && !log.Contains(text, StringComparison.Ordinal))
            Assert.Fail($"it ended:\n{log}");

        return log.Contains(text, StringComparison.Ordinal);
    });
}
