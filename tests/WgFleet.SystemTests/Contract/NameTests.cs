using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Contract;

/// <summary>Who gets which name, and what the hosts file and the targets file say when the answer arrives.</summary>
public class NameTests
{
    [Fact]
    public async Task Both_files_are_empty_before_any_client_has_a_name()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        await gateway.RegisterAsync();

        gateway.HostsFile.ShouldBe("\n");
        gateway.TargetsFile.ShouldBe("[]");
    }

    [Fact]
    public async Task Both_files_are_right_to_the_byte_each_time_a_ping_is_answered()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var one = await gateway.RegisterAsync();
        var two = await gateway.RegisterAsync();
        (await gateway.PingForAsync(two, "zwei")).Status.ShouldBe(200);

        for (var i = 0; i < 25; i++)
        {
            (await gateway.PingForAsync(one, $"a{i}")).Status.ShouldBe(200);

            gateway.HostsFile.ShouldBe($"{one.Address} a{i}.alpha.example.net\n{two.Address} zwei.alpha.example.net\n");
            gateway.TargetsFile.ShouldBe($"[\n{Target(one, $"a{i}")},\n{Target(two, "zwei")}\n]");
        }

        File.GetUnixFileMode(gateway.Machine.Seen("/run/wg_fleet_hosts")).ShouldBe(Readable);
        File.GetUnixFileMode(gateway.Machine.Seen("/run/prometheus_targets.json")).ShouldBe(Readable);
    }

    [Fact]
    public async Task A_taken_name_gets_the_first_free_number_and_freed_ones_are_used_again()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => gateway.RegisterAsync()));

        foreach (var client in clients)
            await gateway.PingForAsync(client, "web");
        NamesIn(gateway, clients).ShouldBe(["web", "web--2", "web--3", "web--4"]);

        await gateway.PingForAsync(clients[1], "db");
        await gateway.PingForAsync(clients[3], "other");
        await gateway.PingForAsync(clients[3], "web");
        NamesIn(gateway, clients).ShouldBe(["web", "db", "web--3", "web--2"]);

        await gateway.PingForAsync(clients[1], "web--2");
        NamesIn(gateway, clients).ShouldBe(["web", "web--2--2", "web--3", "web--2"]);

        await gateway.PingForAsync(clients[0], "moved");
        await gateway.PingForAsync(clients[1], "web");
        NamesIn(gateway, clients).ShouldBe(["moved", "web", "web--3", "web--2"]);
    }

    [Fact]
    public async Task Twenty_clients_that_ask_for_one_name_at_once_get_twenty_names()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => gateway.RegisterAsync()));

        var answers = await Task.WhenAll(clients.Select(c => gateway.PingForAsync(c, "copy")));

        answers.ShouldAllBe(a => a.Status == 200);
        NamesIn(gateway, clients).Order().ShouldBe(Enumerable.Range(2, 19).Select(i => $"copy--{i}").Append("copy").Order());
    }

    [Fact]
    public async Task A_reader_never_sees_half_a_file()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => gateway.RegisterAsync()));
        await Task.WhenAll(clients.Select((c, i) => gateway.PingForAsync(c, $"n{i}")));
        var seen = new HashSet<string>();

        var renaming = Task.WhenAll(clients.Select((c, i) => gateway.PingForAsync(c, $"renamed{i}")));
        while (!renaming.IsCompleted)
            seen.Add(gateway.HostsFile);
        await renaming;

        seen.Add(gateway.HostsFile);
        seen.ShouldAllBe(file => file.EndsWith(".alpha.example.net\n") && file.Count(c => c == '\n') == 30);
    }

    [Fact]
    public async Task A_client_that_has_a_number_keeps_it_until_the_plain_name_is_free()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var first = await gateway.RegisterAsync();
        var second = await gateway.RegisterAsync();
        await gateway.PingForAsync(first, "web");
        await gateway.PingForAsync(second, "web");
        NamesIn(gateway, [first, second]).ShouldBe(["web", "web--2"]);
        var before = await FilesAsync(gateway);

        for (var i = 0; i < 3; i++)
            (await gateway.PingForAsync(second, "web")).Status.ShouldBe(200);
        NamesIn(gateway, [first, second]).ShouldBe(["web", "web--2"]);
        (await FilesAsync(gateway)).ShouldBe(before);

        await gateway.PingForAsync(first, "gone");
        await gateway.PingForAsync(second, "web");
        NamesIn(gateway, [first, second]).ShouldBe(["gone", "web"]);
    }

    [Theory]
    [InlineData("evil\\n")]
    [InlineData("evil\\nfd00::1 www.example.org")]
    [InlineData("evil\\r")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task A_name_with_a_line_break_or_longer_than_a_DNS_label_is_refused(string name)
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var client = await gateway.RegisterAsync();

        (await gateway.PingForAsync(client, name)).ShouldBe(new Answer(400, """{"detail":"Invalid hostname format"}""", "application/json"));

        gateway.HostsFile.ShouldBe("\n");
    }

    [Fact]
    public async Task A_name_with_a_number_is_no_longer_than_a_DNS_label_either()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var longest = new string('a', 63);

        for (var i = 0; i < 2; i++)
            (await gateway.PingForAsync(await gateway.RegisterAsync(), longest)).Status.ShouldBe(200);

        var names = gateway.HostsFile.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[1].Split('.')[0]).ToList();
        names[0].ShouldBe(longest);
        names[1].ShouldNotBe(longest);
        names[1].Length.ShouldBeLessThanOrEqualTo(63);
    }

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static string Target(Registration client, string name) => $$"""
          {
            "targets": [
              "[{{client.Address}}]:9100"
            ],
            "labels": {
              "job": "node_exporter",
              "hostname": "{{name}}",
              "fleet": "alpha"
            }
          }
        """;

    private static IEnumerable<string?> NamesIn(Gateway gateway, IEnumerable<Registration> clients)
    {
        var names = gateway.HostsFile.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.Split(' ')).ToDictionary(p => p[0], p => p[1].Replace(".alpha.example.net", "", StringComparison.Ordinal));
        return clients.Select(c => names.GetValueOrDefault(c.Address));
    }

    /// <summary>Inode and time of both files: a file that is written anew has others.</summary>
    private static Task<string> FilesAsync(Gateway gateway) =>
        gateway.Machine.RunAsync("stat", "-c", "%n %i %z", "/run/wg_fleet_hosts", "/run/prometheus_targets.json");
}
