using System.Text.Json;
using WgFleet.Config;
using WgFleet.Hooks.Projections;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Machines;

/// <summary>What machines and operators get of IPv4 addresses.</summary>
public class SecondAddressAnswerTests
{
    [Fact]
    public async Task The_IPv4_addresses_are_on_lines_of_their_own_so_that_programs_that_look_at_the_first_find_what_they_found_before()
    {
        await using var server = await StartAsync(c => c.WithIPv4());

        using var answer = JsonDocument.Parse((await server.SendAsync(HttpMethod.Post, "/fleet/alpha/register")).Body);

        var client = server.Registry.Current.Fleet("alpha")!.ById.Values.Single();
        var lines = answer.RootElement.GetProperty("config").GetString()!.Split('\n');
        lines.Where(l => l.StartsWith("Address", StringComparison.Ordinal)).ShouldBe([$"Address = {client.Address}/64", $"Address = {client.SecondAddress}/32"]);
        lines.Where(l => l.StartsWith("AllowedIPs", StringComparison.Ordinal)).ShouldBe(["AllowedIPs = fd00:a::1/128", "AllowedIPs = 10.7.0.1/32"]);
        answer.RootElement.GetProperty("server_ip").GetString().ShouldBe("fd00:a::1");
        server.WireGuard.Peers("wg_alpha").Values.ShouldBe([$"{client.Address}/128,{client.SecondAddress}/32"]);
        File.ReadAllLines(Path.Combine(server.Config.WireGuardDirectory, "wg_alpha.conf"))[1..3].ShouldBe(["Address = fd00:a::1/64", "Address = 10.7.0.1/24 # ip4 of wg-fleet.yaml"]);
    }

    [Fact]
    public async Task A_ping_counts_from_either_address()
    {
        await using var server = await StartAsync(c => c.WithIPv4());
        var client = await server.JoinAsync();

        foreach (var address in client.Addresses)
            (await PingAsync(server, $"{address}")).ShouldBe(Reply.Json(200, """{"status":"ok"}"""));

        (await PingAsync(server, "10.7.0.250")).ShouldBe(Reply.Json(404, """{"detail":"Client not registered"}"""));
        (await PingAsync(server, "10.8.0.2")).ShouldBe(Reply.Json(403, """{"detail":"IP not in fleet subnet: 10.8.0.2"}"""));
        (await PingAsync(server, "10.7.2")).ShouldBe(Reply.Json(403, """{"detail":"Invalid IP address"}"""));
        (await PingAsync(server, $"{client.SecondAddress}", "beta")).ShouldBe(Reply.Json(403, """{"detail":"Invalid IP address"}"""));
    }

    [Fact]
    public async Task The_hosts_file_has_a_line_for_each_address()
    {
        await using var server = await StartAsync(c => c.WithIPv4());
        var client = await server.JoinAsync();

        await PingAsync(server, $"{client.SecondAddress}", name: "excavator");

        var text = $"{client.Address} excavator.alpha.{server.Config.Domain}\n{client.SecondAddress} excavator.alpha.{server.Config.Domain}\n";
        await HasHostsAsync(server, text);
        HostsFile.Recognizes(text, server.Config).ShouldBeTrue();
        HostsFile.Recognizes($"192.0.2.7 excavator.alpha.{server.Config.Domain}\n", server.Config).ShouldBeFalse();
    }

    [Fact]
    public async Task The_API_shows_it_and_finds_a_client_by_it()
    {
        await using var server = await StartAsync(c => c.WithIPv4());
        var client = await server.JoinAsync();

        using var found = JsonDocument.Parse((await server.SendAsync(HttpMethod.Get, $"/api/v1/clients/{client.SecondAddress}")).Body);

        found.RootElement.GetProperty("address").GetString().ShouldBe($"{client.Address}");
        found.RootElement.GetProperty("address4").GetString().ShouldBe($"{client.SecondAddress}");
    }

    [Fact]
    public async Task A_fleet_with_IPv4_alone_knows_its_clients_by_it()
    {
        await using var server = await StartAsync(c => c with { Fleets = [Some.Fleet("alpha", "10.7.0.0/24")] });

        using var answer = JsonDocument.Parse((await server.SendAsync(HttpMethod.Post, "/fleet/alpha/register")).Body);

        var client = server.Registry.Current.Fleet("alpha")!.ById.Values.Single();
        var lines = answer.RootElement.GetProperty("config").GetString()!.Split('\n');
        client.Addresses.ShouldHaveSingleItem().ShouldBe(client.Address4);
        lines[2].ShouldBe($"Address = {client.Address}/32");
        lines.ShouldContain("AllowedIPs = 10.7.0.1/32");
        answer.RootElement.GetProperty("server_ip").GetString().ShouldBe("10.7.0.1");
        (await PingAsync(server, $"{client.Address}", name: "excavator")).Status.ShouldBe(200);
        await HasHostsAsync(server, $"{client.Address} excavator.alpha.{server.Config.Domain}\n");
        server.WireGuard.Peers("wg_alpha").Values.ShouldBe([$"{client.Address}/32"]);
    }

    private static Task HasHostsAsync(TestServer server, string text) =>
        Eventually.True(() => File.ReadAllText(server.Config.HostsFile) == text, () => server.Time.Advance(TimeSpan.FromMilliseconds(100)));

    private static Task<Reply> PingAsync(TestServer server, string from, string fleet = "alpha", string? name = null) =>
        server.PingAsync(name is null ? "{}" : $$"""{"hostname":"{{name}}"}""", from, fleet);
}
