using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using WgFleet.WireGuard.Drivers;

namespace WgFleet.WireGuard.Tests.Kernel;

/// <summary>The driver that the server uses, against a real kernel.</summary>
[Collection(KernelNeeded.Name)]
[Trait("Runs", KernelFixture.Place)]
public sealed class KernelTests(KernelFixture kernel) : IDisposable
{
    private readonly IWireGuard _wireGuard = WireGuardDriver.Open();
    private readonly string _interface = $"wgk{Random.Shared.Next():x8}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _wireGuard.Dispose();

    [Fact(Timeout = 120_000)]
    public Task wg_shows_what_was_set_and_reading_gives_the_same() => InKernelAsync(async () =>
    {
        var (one, two) = (Key(), Key());

        await _wireGuard.ChangeAsync(_interface, new DeviceChange
        {
            ListenPort = 51999,
            Peers = [PeerChange.Set(one, Some.Network(1)), new PeerChange(two) { AllowedIps = [Some.Network(2), IPNetwork.Parse("10.7.0.0/16")] }],
        }, Ct);

        var shown = await DumpAsync();
        shown.Keys.ShouldBe([one.ToString(), two.ToString()], ignoreOrder: true);
        shown[one.ToString()][3].ShouldBe("fd00::1/128");
        shown[two.ToString()][3].Split(',').ShouldBe(["fd00::2/128", "10.7.0.0/16"], ignoreOrder: true);
        (await Command.RunAsync("wg", ["show", _interface, "listen-port"])).ShouldBe("51999\n");

        var device = await _wireGuard.GetDeviceAsync(_interface, Ct);
        device.ListenPort.ShouldBe(51999);
        device.PrivateKey.ShouldBeNull();
        device.Peers.Select(p => p.PublicKey).ShouldBe([one, two], ignoreOrder: true);
        device.Peers.Single(p => p.PublicKey == two).AllowedIps.ShouldBe([Some.Network(2), IPNetwork.Parse("10.7.0.0/16")], ignoreOrder: true);
    });

    [Fact(Timeout = 120_000)]
    public Task A_preshared_key_is_set_read_left_as_it_is_and_removed() => InKernelAsync(async () =>
    {
        var (one, key) = (Key(), PresharedKey.Generate());

        await ChangeAsync(PeerChange.Set(one, Some.Network(1)) with { PresharedKey = key });
        (await DumpAsync())[one.ToString()][1].ShouldBe(key.Reveal());
        (await PresharedAsync()).ShouldBe(key);

        await ChangeAsync(PeerChange.Set(one, Some.Network(2)));
        (await PresharedAsync()).ShouldBe(key);

        await ChangeAsync(new PeerChange(one) { PresharedKey = PresharedKey.None, UpdateOnly = true });
        (await DumpAsync())[one.ToString()][1].ShouldBe("(none)");
        (await PresharedAsync()).ShouldBeNull();

        async Task<PresharedKey?> PresharedAsync() => (await _wireGuard.GetDeviceAsync(_interface, Ct)).Peers.Single().PresharedKey;
    });

    [Fact(Timeout = 120_000)]
    public Task After_a_handshake_its_time_the_endpoint_and_the_traffic_are_read() => InKernelAsync(async () =>
    {
        var client = _interface + "c";
        var (gatewayKey, clientKey) = (PrivateKey.Generate(), PrivateKey.Generate());
        await Command.RunAsync("ip", ["link", "set", "lo", "up"]);
        await Command.RunAsync("ip", ["link", "add", client, "type", "wireguard"]);
        await Command.RunAsync("wg", ["set", _interface, "private-key", "/dev/stdin", "listen-port", "51820"], gatewayKey.Reveal());
        await ChangeAsync(PeerChange.Set(clientKey.PublicKey, Some.Network(1)));
        await Command.RunAsync("ip", ["link", "set", _interface, "up"]);

        var before = DateTimeOffset.UtcNow;
        await Command.RunAsync("wg", ["set", client, "private-key", "/dev/stdin", "listen-port", "51821",
            "peer", gatewayKey.PublicKey.ToString(), "endpoint", "[::1]:51820", "allowed-ips", "fd00::/64", "persistent-keepalive", "25"], clientKey.Reveal());
        await Command.RunAsync("ip", ["link", "set", client, "up"]);

        // The kernel does not announce handshakes, so this asks until the test's time limit ends it.
        Device device;
        do
        {
            device = await _wireGuard.GetDeviceAsync(_interface, Ct);
        }
        while (device.Peers.Single() is not { LastHandshake: not null, ReceivedBytes: >= 180 });

        device.PrivateKey!.PublicKey.ShouldBe(gatewayKey.PublicKey);
        var peer = device.Peers.Single();
        peer.Endpoint.ShouldBe(IPEndPoint.Parse("[::1]:51821"));
        peer.LastHandshake!.Value.ShouldBeInRange(before.AddSeconds(-1), DateTimeOffset.UtcNow.AddSeconds(1));
        var shown = (await DumpAsync())[clientKey.PublicKey.ToString()];
        peer.LastHandshake.Value.ToUnixTimeSeconds().ShouldBe(long.Parse(shown[4]));
        peer.ReceivedBytes.ShouldBe(long.Parse(shown[5]));
        peer.SentBytes.ShouldBe(long.Parse(shown[6]));
    });

    [Theory(Timeout = 120_000)]
    [InlineData("127.0.0.1:51831")]
    [InlineData("[::1]:51832")]
    public Task A_keepalive_that_is_no_longer_0_starts_a_handshake_with_the_endpoint_that_was_set(string endpoint) => InKernelAsync(async () =>
    {
        var client = _interface + "c";
        var (gatewayKey, clientKey) = (PrivateKey.Generate(), PrivateKey.Generate());
        await Command.RunAsync("ip", ["link", "set", "lo", "up"]);
        await Command.RunAsync("ip", ["link", "add", client, "type", "wireguard"]);
        await Command.RunAsync("wg", ["set", _interface, "private-key", "/dev/stdin", "listen-port", "0"], gatewayKey.Reveal());
        await Command.RunAsync("ip", ["link", "set", _interface, "up"]);

        // It knows no endpoint, so it cannot start a handshake.
        await Command.RunAsync("wg", ["set", client, "private-key", "/dev/stdin", "listen-port", endpoint.Split(':')[^1], "peer", gatewayKey.PublicKey.ToString()], clientKey.Reveal());
        await Command.RunAsync("ip", ["link", "set", client, "up"]);

        await ChangeAsync(PeerChange.Set(clientKey.PublicKey, Some.Network(1)) with { Endpoint = IPEndPoint.Parse(endpoint) });
        (await PeerAsync()).SentBytes.ShouldBe(0);
        await ChangeAsync(Keepalive(clientKey.PublicKey, 25), Keepalive(Key(), 25));
        while (await PeerAsync() is not { LastHandshake: not null })
            await Task.Delay(10, Ct);

        (await PeerAsync()).ShouldSatisfyAllConditions(p => p.KeepaliveSeconds.ShouldBe(25), p => p.Endpoint.ShouldBe(IPEndPoint.Parse(endpoint)));
        await ChangeAsync(Keepalive(clientKey.PublicKey, 0));
        (await PeerAsync()).KeepaliveSeconds.ShouldBe(0);
        (await DumpAsync())[clientKey.PublicKey.ToString()][7].ShouldBe("off");

        // Single fails if the peer of the unknown key was added.
        async Task<Peer> PeerAsync() => (await _wireGuard.GetDeviceAsync(_interface, Ct)).Peers.Single();

        static PeerChange Keepalive(WireGuardKey key, int seconds) => new(key) { KeepaliveSeconds = seconds, UpdateOnly = true };
    });

    [Theory(Timeout = 120_000)]
    [InlineData(2_000)]
    [InlineData(20_000)]
    public Task Thousands_of_peers_are_added_read_completely_and_removed(int count) => InKernelAsync(async () =>
    {
        var peers = Enumerable.Range(1, count).Select(n => PeerChange.Set(Key(), Some.Network(n))).ToList();

        var adding = Stopwatch.StartNew();
        await ChangeAsync([.. peers]);
        adding.Stop();
        var dumping = Stopwatch.StartNew();
        var read = (await _wireGuard.GetDeviceAsync(_interface, Ct)).Peers;
        dumping.Stop();

        var expected = peers.ToDictionary(p => p.PublicKey.ToString(), p => p.AllowedIps!.Single().ToString());
        read.Count.ShouldBe(count);
        Differences(read.ToDictionary(p => p.PublicKey.ToString(), p => p.AllowedIps.Single().ToString()), expected).ShouldBe(0);
        Differences((await DumpAsync()).ToDictionary(p => p.Key, p => p.Value[3]), expected).ShouldBe(0);

        // Newer kernels start a thread for each peer and run out of threads.
        var threaded = $"/sys/class/net/{_interface}/threaded";
        if (File.Exists(threaded))
            (await File.ReadAllTextAsync(threaded, Ct)).ShouldBe("0\n");

        var each = await MeasureWgSetAsync(20);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{KernelFixture.Measured}{count} peers: added in {adding.Elapsed.TotalMilliseconds:0} ms, "
            + $"{count / adding.Elapsed.TotalSeconds:0} per second, read in {dumping.Elapsed.TotalMilliseconds:0} ms; one `wg set` each: {each:0} per second"));

        var deleting = Stopwatch.StartNew();
        await ChangeAsync([.. read.Skip(1).Select(p => PeerChange.Delete(p.PublicKey))]);
        deleting.Stop();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{KernelFixture.Measured}{count - 1} peers: removed in {deleting.Elapsed.TotalMilliseconds:0} ms"));

        (await _wireGuard.GetDeviceAsync(_interface, Ct)).Peers.ShouldContain(p => p.PublicKey == read[0].PublicKey);
        (await DumpAsync()).Count.ShouldBe(21);
    });

    [Fact(Timeout = 120_000)]
    public Task A_peer_with_thousands_of_networks_is_set_and_read_completely() => InKernelAsync(async () =>
    {
        var (many, other) = (Key(), Key());
        var networks = Enumerable.Range(1, 3000).Select(Some.Network).ToList();

        await ChangeAsync(new PeerChange(many) { AllowedIps = networks }, PeerChange.Set(other, Some.Network(3001)));

        var peers = (await _wireGuard.GetDeviceAsync(_interface, Ct)).Peers;
        peers.Count.ShouldBe(2);
        peers.Single(p => p.PublicKey == many).AllowedIps.ToHashSet().SetEquals(networks).ShouldBeTrue();
        (await DumpAsync())[many.ToString()][3].Split(',').Length.ShouldBe(3000);
    });

    [Fact(Timeout = 120_000)]
    public Task Setting_a_peer_again_replaces_its_networks_and_keeps_other_peers() => InKernelAsync(async () =>
    {
        var (one, two) = (Key(), Key());
        await ChangeAsync(new PeerChange(one) { AllowedIps = [Some.Network(1), Some.Network(3)] }, PeerChange.Set(two, Some.Network(2)));

        await ChangeAsync(PeerChange.Set(one, Some.Network(4)), new PeerChange(two));

        (await AddressesAsync(one)).ShouldBe(["fd00::4/128"]);
        (await AddressesAsync(two)).ShouldBe(["fd00::2/128"]);
    });

    [Fact(Timeout = 120_000)]
    public Task A_network_given_to_another_peer_moves_there_and_changes_apply_in_order() => InKernelAsync(async () =>
    {
        var (one, two, three) = (Key(), Key(), Key());
        await ChangeAsync(PeerChange.Set(one, Some.Network(1)), PeerChange.Set(three, Some.Network(3)));

        await ChangeAsync(PeerChange.Set(two, Some.Network(1)), PeerChange.Delete(three), PeerChange.Set(three, Some.Network(5)), PeerChange.Delete(Key()));

        (await AddressesAsync(one)).ShouldBe(["(none)"]);
        (await AddressesAsync(two)).ShouldBe(["fd00::1/128"]);
        (await AddressesAsync(three)).ShouldBe(["fd00::5/128"]);
        (await DumpAsync()).Count.ShouldBe(3);
    });

    [Fact(Timeout = 120_000)]
    public Task A_deleted_interface_and_an_interface_of_another_kind_are_not_found() => InKernelAsync(async () =>
    {
        await _wireGuard.GetDeviceAsync(_interface, Ct);
        await Command.RunAsync("ip", ["link", "del", _interface]);

        await Should.ThrowAsync<DeviceNotFoundException>(_wireGuard.GetDeviceAsync(_interface, Ct));
        await Should.ThrowAsync<DeviceNotFoundException>(ChangeAsync(Some.Peer(1)));
        await Should.ThrowAsync<DeviceNotFoundException>(_wireGuard.GetDeviceAsync("lo", Ct));

        await Command.RunAsync("ip", ["link", "add", _interface, "type", "wireguard"]);
        (await _wireGuard.GetDeviceAsync(_interface, Ct)).Peers.ShouldBeEmpty();
    });

    [Fact(Timeout = 120_000)]
    public Task A_port_in_use_is_an_error_and_the_next_change_succeeds() => InKernelAsync(async () =>
    {
        var other = _interface + "c";
        await Command.RunAsync("ip", ["link", "add", other, "type", "wireguard"]);
        await Command.RunAsync("wg", ["set", other, "listen-port", "52001"]);
        await Command.RunAsync("ip", ["link", "set", other, "up"]);
        await Command.RunAsync("ip", ["link", "set", _interface, "up"]);

        var e = await Should.ThrowAsync<WireGuardException>(_wireGuard.ChangeAsync(_interface, new DeviceChange { ListenPort = 52001 }, Ct));
        await _wireGuard.ChangeAsync(_interface, new DeviceChange { ListenPort = 52002 }, Ct);

        e.Message.ShouldBe($"{_interface} refused: EADDRINUSE, Address already in use");
        (await _wireGuard.GetDeviceAsync(_interface, Ct)).ListenPort.ShouldBe(52002);
    });

    [Fact(Timeout = 120_000)]
    public Task Concurrent_changes_are_all_applied() => InKernelAsync(async () =>
    {
        var peers = Enumerable.Range(1, 200).Select(Some.Peer).ToList();

        await Task.WhenAll(peers.Select(async (peer, n) =>
        {
            await ChangeAsync(peer);
            if (n % 10 == 0)
                (await _wireGuard.GetDeviceAsync(_interface, Ct)).Peers.ShouldContain(p => p.PublicKey == peer.PublicKey);
        }));

        (await DumpAsync()).Keys.ShouldBe(peers.Select(p => p.PublicKey.ToString()), ignoreOrder: true);
    });

    private Task InKernelAsync(Func<Task> test) => kernel.RunAsync(async () =>
    {
        // The interface ends with the namespace or the kernel.
        await Command.RunAsync("ip", ["link", "add", _interface, "type", "wireguard"]);
        await test();
    });

    private static WireGuardKey Key() => new(RandomNumberGenerator.GetBytes(WireGuardKey.Length));

    private static int Differences(Dictionary<string, string> found, Dictionary<string, string> expected) =>
        found.Count(p => expected.GetValueOrDefault(p.Key) != p.Value) + expected.Keys.Count(k => !found.ContainsKey(k));

    private async Task<double> MeasureWgSetAsync(int count)
    {
        var watch = Stopwatch.StartNew();
        for (var n = 0; n < count; n++)
            await Command.RunAsync("wg", ["set", _interface, "peer", Key().ToString(), "allowed-ips", $"fd00:1::{n:x}/128"]);

        return count / watch.Elapsed.TotalSeconds;
    }

    private Task ChangeAsync(params PeerChange[] peers) => _wireGuard.ChangeAsync(_interface, new DeviceChange { Peers = peers }, Ct);

    private async Task<string[]> AddressesAsync(WireGuardKey peer) => (await DumpAsync())[peer.ToString()][3].Split(',');

    /// <summary>The peers in <c>wg show dump</c>, by public key: public key, preshared key, endpoint, allowed-ips and so on.</summary>
    private async Task<Dictionary<string, string[]>> DumpAsync()
    {
        var lines = (await Command.RunAsync("wg", ["show", _interface, "dump"])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Skip(1).Select(line => line.Split('\t')).ToDictionary(peer => peer[0]);
    }
}
