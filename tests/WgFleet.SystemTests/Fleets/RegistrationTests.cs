using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>Registrations that cannot be: a full fleet, a full disk, a lost interface.</summary>
public class RegistrationTests
{
    [Fact]
    public async Task A_small_subnet_gives_each_address_once_and_then_is_full()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync("""
            domain: example.net
            prune_timeout: 30m
            fleets:
              tiny: {ip6: "fd00:c::7", subnet: "fd00:c::/124", external_ip: 10.201.0.1, port: 51820}

            """);

        var clients = await Task.WhenAll(Enumerable.Range(0, 14).Select(_ => gateway.RegisterAsync("tiny")));

        clients.Select(c => c.Address).ShouldBe(
            Enumerable.Range(1, 15).Where(i => i != 7).Select(i => $"fd00:c::{i:x}"), ignoreOrder: true);
        (await gateway.PeersAsync("wg_tiny")).Values.Distinct().Count().ShouldBe(14);
        (await gateway.ForwardAsync("/fleet/tiny/register", "10.201.0.9"))
            .ShouldBe(new Answer(503, """{"detail":"Fleet is full"}""", "application/json"));
    }

    [Fact]
    public async Task A_registration_that_fails_on_a_full_disk_leaves_nothing_behind()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await gateway.Machine.RunAsync("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", "/var/lib/wg-fleet");
        await gateway.StartAsync();
        var registered = new List<Registration> { await gateway.RegisterAsync() };
        await gateway.Machine.RunAsync("sh", "-c", "cat /dev/zero > /var/lib/wg-fleet/fill 2>/dev/null || true");

        // The database may have some room of its own left.
        Answer answer;
        while ((answer = await gateway.ForwardAsync("/fleet/alpha/register", "10.201.0.9")).Status == 200)
            registered.Add(Registration.Read(answer));

        answer.ShouldBe(new Answer(500, """{"detail":"Internal server error"}""", "application/json"));
        (await gateway.PeersAsync()).Values.ShouldBe(registered.Select(r => $"{r.Address}/128"), ignoreOrder: true);
        await gateway.Machine.RunAsync("rm", "/var/lib/wg-fleet/fill");
        (await gateway.SqlAsync("SELECT assigned_ip FROM clients ORDER BY id")).Split('\n').ShouldBe(registered.Select(r => r.Address), ignoreOrder: true);
        registered.Add(await gateway.RegisterAsync());
        (await gateway.PeersAsync()).Values.ShouldBe(registered.Select(r => $"{r.Address}/128"), ignoreOrder: true);
    }

    [Fact]
    public async Task A_registration_without_an_interface_brings_it_up_or_leaves_nothing_behind()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var registered = new List<string> { (await gateway.RegisterAsync()).Address };

        // Without wireguard-go the interface cannot be created again; the machine sees another file in its place.
        await gateway.Machine.RunAsync("mount", "--bind", "/bin/false", "/usr/bin/wireguard-go");
        await gateway.Machine.RunAsync("ip", "link", "del", "wg_alpha");
        (await gateway.ForwardAsync("/fleet/alpha/register", "10.201.0.9"))
            .ShouldBe(new Answer(500, """{"detail":"Internal server error"}""", "application/json"));
        (await gateway.SqlAsync("SELECT assigned_ip FROM clients")).Split('\n').ShouldBe(registered);

        await gateway.Machine.RunAsync("umount", "/usr/bin/wireguard-go");
        await Deadline.UntilAsync("registrations work again", async () =>
        {
            var answer = await gateway.ForwardAsync("/fleet/alpha/register", "10.201.0.9");
            if (answer.Status != 200)
                return false;

            registered.Add(Registration.Read(answer).Address);
            return true;
        });
        (await gateway.SqlAsync("SELECT assigned_ip FROM clients ORDER BY id")).Split('\n').ShouldBe(registered);
        (await gateway.PeersAsync()).Values.ShouldBe(registered.Select(a => $"{a}/128"), ignoreOrder: true);
    }
}
