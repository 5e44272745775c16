using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>A client that says nothing but a keepalive every 25 s, which is most of a fleet most of the time.</summary>
public class KeepaliveTests
{
    private static readonly string Impatient = Gateway.Alpha.Replace("30m", "30s", StringComparison.Ordinal) + "prune_interval: 1s\n";

    [Fact]
    public async Task After_a_reboot_pruning_waits_for_a_client_that_sends_only_keepalives_and_whose_endpoint_is_unknown()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Impatient);
        var client = await lan.AddClientAsync();
        await client.JoinAsync(gateway);
        await Deadline.UntilAsync("the client has shaken hands", () => HasHandshakeAsync(gateway));

        await gateway.RebootAsync();
        await gateway.SqlAsync("UPDATE clients SET endpoint = NULL");
        await gateway.StartAsync(Impatient);

        // It makes a new session when the old one is two minutes old; until then nothing at all is heard of it.
        (await HasHandshakeAsync(gateway)).ShouldBeFalse();
        await Deadline.UntilAsync("the client has shaken hands again", () => HasHandshakeAsync(gateway), within: TimeSpan.FromMinutes(4));
        (await client.PingAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_client_that_sends_only_keepalives_is_alive_however_old_its_handshake_is()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Impatient + "prune_grace: 0s\n");
        var client = await lan.AddClientAsync();
        await client.JoinAsync(gateway);
        await Deadline.UntilAsync("the client has shaken hands", () => HasHandshakeAsync(gateway));
        var handshake = await HandshakeAsync(gateway);

        // As long as two clients after it take to be removed, each for being quiet.
        for (var i = 0; i < 2; i++)
        {
            var quiet = await gateway.RegisterAsync();
            await Deadline.UntilAsync("the quiet one is removed", async () => !(await gateway.PeersAsync()).ContainsValue($"{quiet.Address}/128"));
        }

        (await HandshakeAsync(gateway)).ShouldBe(handshake);
        (await gateway.PeersAsync()).Values.ShouldBe([$"{client.Registration.Address}/128"]);
    }

    private static async Task<bool> HasHandshakeAsync(Gateway gateway) => await HandshakeAsync(gateway) is not "0";

    private static async Task<string> HandshakeAsync(Gateway gateway) =>
        (await gateway.Machine.RunAsync("wg", "show", "wg_alpha", "latest-handshakes")).Split(['\t', '\n'])[1];
}
