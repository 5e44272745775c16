using System.Net;
using WgFleet.WireGuard.Drivers;

namespace WgFleet.WireGuard.Tests.Uapi;

/// <summary>The driver that the server uses, against a real wireguard-go.</summary>
public sealed class WireGuardGoTests : IDisposable
{
    private readonly IWireGuard _wireGuard = WireGuardDriver.Open();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _wireGuard.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task wg_shows_what_was_set_and_reading_gives_the_same()
    {
        await using var go = await WireGuardGo.StartAsync();
        var (one, two) = (Some.Key(), Some.Key());

        await _wireGuard.ChangeAsync(go.Interface, new DeviceChange
        {
            ListenPort = 51999,
            Peers = [PeerChange.Set(one, Some.Network(1)), new PeerChange(two) { AllowedIps = [Some.Network(2), IPNetwork.Parse("10.7.0.0/16")] }],
        }, Ct);

        var shown = await go.DumpAsync();
        shown.Keys.ShouldBe([one.ToString(), two.ToString()], ignoreOrder: true);
        shown[one.ToString()][3].ShouldBe("fd00::1/128");
        shown[two.ToString()][3].Split(',').ShouldBe(["fd00::2/128", "10.7.0.0/16"], ignoreOrder: true);

        var device = await _wireGuard.GetDeviceAsync(go.Interface, Ct);
        device.Name.ShouldBe(go.Interface);
        device.ListenPort.ShouldBe(51999);
        device.PrivateKey.ShouldBeNull();
        device.Peers.Select(p => p.PublicKey).ShouldBe([one, two], ignoreOrder: true);
        device.Peers.Single(p => p.PublicKey == two).AllowedIps.ShouldBe([Some.Network(2), IPNetwork.Parse("10.7.0.0/16")], ignoreOrder: true);
        device.Peers.ShouldAllBe(p => p.Endpoint == null && p.LastHandshake == null && p.ReceivedBytes == 0 && p.SentBytes == 0);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_private_key_that_wg_set_is_read()
    {
        await using var go = await WireGuardGo.StartAsync();
        var key = PrivateKey.Generate();

        await go.RunAsync("wg", ["set", go.Interface, "private-key", "/dev/stdin"], key.Reveal());

        (await _wireGuard.GetDeviceAsync(go.Interface, Ct)).PrivateKey!.PublicKey.ShouldBe(key.PublicKey);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_preshared_key_is_set_read_left_as_it_is_and_removed()
    {
        await using var go = await WireGuardGo.StartAsync();
        var (one, key) = (Some.Key(), PresharedKey.Generate());

        await ChangeAsync(go, PeerChange.Set(one, Some.Network(1)) with { PresharedKey = key });
        (await go.DumpAsync())[one.ToString()][1].ShouldBe(key.Reveal());
        (await PresharedAsync()).ShouldBe(key);

        await ChangeAsync(go, PeerChange.Set(one, Some.Network(2)));
        (await PresharedAsync()).ShouldBe(key);

        await ChangeAsync(go, new PeerChange(one) { PresharedKey = PresharedKey.None, UpdateOnly = true });
        (await go.DumpAsync())[one.ToString()][1].ShouldBe("(none)");
        (await PresharedAsync()).ShouldBeNull();

        async Task<PresharedKey?> PresharedAsync() => (await _wireGuard.GetDeviceAsync(go.Interface, Ct)).Peers.Single().PresharedKey;
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_thousand_peers_are_added_and_removed_in_one_message_each()
    {
        await using var go = await WireGuardGo.StartAsync();
        var peers = Enumerable.Range(1, 2000).Select(Some.Peer).ToList();

        await _wireGuard.ChangeAsync(go.Interface, new DeviceChange { Peers = peers }, Ct);

        var expected = peers.ToDictionary(p => p.PublicKey.ToString(), p => p.AllowedIps!.Single().ToString());
        (await go.DumpAsync()).ToDictionary(p => p.Key, p => p.Value[3]).ShouldBe(expected, ignoreOrder: true);
        var read = (await _wireGuard.GetDeviceAsync(go.Interface, Ct)).Peers;
        read.ToDictionary(p => p.PublicKey.ToString(), p => p.AllowedIps.Single().ToString()).ShouldBe(expected, ignoreOrder: true);

        await _wireGuard.ChangeAsync(go.Interface, new DeviceChange { Peers = [.. peers.Skip(1).Select(p => PeerChange.Delete(p.PublicKey))] }, Ct);

        (await go.DumpAsync()).Keys.ShouldBe([peers[0].PublicKey.ToString()]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Setting_a_peer_again_replaces_its_networks_and_keeps_other_peers()
    {
        await using var go = await WireGuardGo.StartAsync();
        var (one, two) = (Some.Key(), Some.Key());
        await ChangeAsync(go, new PeerChange(one) { AllowedIps = [Some.Network(1), Some.Network(3)] }, PeerChange.Set(two, Some.Network(2)));

        await ChangeAsync(go, PeerChange.Set(one, Some.Network(4)));

        (await AddressesAsync(go, one)).ShouldBe([Some.Network(4)]);
        (await AddressesAsync(go, two)).ShouldBe([Some.Network(2)]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_network_given_to_another_peer_moves_there()
    {
        await using var go = await WireGuardGo.StartAsync();
        var (one, two) = (Some.Key(), Some.Key());
        await ChangeAsync(go, PeerChange.Set(one, Some.Network(1)));

        await ChangeAsync(go, PeerChange.Set(two, Some.Network(1)));

        (await AddressesAsync(go, one)).ShouldBeEmpty();
        (await AddressesAsync(go, two)).ShouldBe([Some.Network(1)]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Changes_in_one_message_apply_in_order()
    {
        await using var go = await WireGuardGo.StartAsync();
        var (old, renewed) = (Some.Key(), Some.Key());
        await ChangeAsync(go, PeerChange.Set(old, Some.Network(1)));

        await ChangeAsync(go, PeerChange.Delete(old), PeerChange.Set(renewed, Some.Network(1)), PeerChange.Delete(renewed), PeerChange.Set(renewed, Some.Network(2)));

        (await go.DumpAsync()).Keys.ShouldBe([renewed.ToString()]);
        (await AddressesAsync(go, renewed)).ShouldBe([Some.Network(2)]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Removing_a_missing_peer_is_not_an_error()
    {
        await using var go = await WireGuardGo.StartAsync();

        await ChangeAsync(go, PeerChange.Delete(Some.Key()));

        (await go.DumpAsync()).ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refused_change_is_an_error_whatever_its_size_and_the_next_change_succeeds()
    {
        await using var go = await WireGuardGo.StartAsync();
        var change = new DeviceChange { ListenPort = 70_000, Peers = [.. Enumerable.Range(1, 5000).Select(n => PeerChange.Set(default, Some.Network(n)))] };
        var one = Some.Key();

        var e = await Should.ThrowAsync<WireGuardException>(_wireGuard.ChangeAsync(go.Interface, change, Ct));
        await ChangeAsync(go, PeerChange.Set(one, Some.Network(1)));

        e.Message.ShouldBe($"{go.Interface} refused: EINVAL, Invalid argument");
        (await go.DumpAsync()).Keys.ShouldBe([one.ToString()]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_killed_wireguard_go_is_not_found_and_a_restarted_one_has_no_peers()
    {
        await using var go = await WireGuardGo.StartAsync();
        await ChangeAsync(go, Some.Peer(1));

        await go.KillAsync();
        await Should.ThrowAsync<DeviceNotFoundException>(_wireGuard.GetDeviceAsync(go.Interface, Ct));
        await go.StartAgainAsync();

        (await _wireGuard.GetDeviceAsync(go.Interface, Ct)).Peers.ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_restart_between_two_requests_is_not_an_error()
    {
        await using var go = await WireGuardGo.StartAsync();
        var two = Some.Key();
        await ChangeAsync(go, Some.Peer(1));

        await go.KillAsync();
        await go.StartAgainAsync();
        await ChangeAsync(go, PeerChange.Set(two, Some.Network(2)));

        (await go.DumpAsync()).Keys.ShouldBe([two.ToString()]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Concurrent_changes_are_all_applied()
    {
        await using var go = await WireGuardGo.StartAsync();
        var peers = Enumerable.Range(1, 200).Select(Some.Peer).ToList();

        await Task.WhenAll(peers.Select(async (peer, n) =>
        {
            await ChangeAsync(go, peer);
            if (n % 10 == 0)
                (await _wireGuard.GetDeviceAsync(go.Interface, Ct)).Peers.ShouldContain(p => p.PublicKey == peer.PublicKey);
        }));

        (await go.DumpAsync()).Keys.ShouldBe(peers.Select(p => p.PublicKey.ToString()), ignoreOrder: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task After_a_handshake_its_time_the_endpoint_and_the_traffic_are_read()
    {
        await using var gateway = await WireGuardGo.StartAsync();
        await using var client = await WireGuardGo.StartAsync(beside: gateway);
        var (gatewayKey, clientKey) = (PrivateKey.Generate(), PrivateKey.Generate());
        await gateway.RunAsync("ip", ["link", "set", "lo", "up"]);
        await gateway.RunAsync("wg", ["set", gateway.Interface, "private-key", "/dev/stdin", "listen-port", "51820"], gatewayKey.Reveal());
        await ChangeAsync(gateway, PeerChange.Set(clientKey.PublicKey, Some.Network(1)));

        var before = DateTimeOffset.UtcNow;
        await client.RunAsync("wg", ["set", client.Interface, "private-key", "/dev/stdin", "listen-port", "51821",
            "peer", gatewayKey.PublicKey.ToString(), "endpoint", "[::1]:51820", "allowed-ips", "fd00::/64", "persistent-keepalive", "25"], clientKey.Reveal());
        await gateway.LoggedAsync("Receiving keepalive packet").WaitAsync(Ct);

        var peer = (await _wireGuard.GetDeviceAsync(gateway.Interface, Ct)).Peers.Single();
        peer.Endpoint.ShouldBe(IPEndPoint.Parse("[::1]:51821"));
        peer.LastHandshake!.Value.ShouldBeInRange(before, DateTimeOffset.UtcNow);
        var shown = (await gateway.DumpAsync())[clientKey.PublicKey.ToString()];
        peer.LastHandshake.Value.ToUnixTimeSeconds().ShouldBe(long.Parse(shown[4]));
        peer.ReceivedBytes.ShouldBe(long.Parse(shown[5]));
        peer.SentBytes.ShouldBe(long.Parse(shown[6]));
        peer.ReceivedBytes.ShouldBePositive();
        peer.SentBytes.ShouldBePositive();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("127.0.0.1:51821")]
    [InlineData("[::1]:51821")]
    public async Task A_keepalive_that_is_no_longer_0_starts_a_handshake_with_the_endpoint_that_was_set(string endpoint)
    {
        await using var gateway = await WireGuardGo.StartAsync();
        await using var client = await WireGuardGo.StartAsync(beside: gateway);
        var (gatewayKey, clientKey) = (PrivateKey.Generate(), PrivateKey.Generate());
        await gateway.RunAsync("ip", ["link", "set", "lo", "up"]);
        await gateway.RunAsync("wg", ["set", gateway.Interface, "private-key", "/dev/stdin", "listen-port", "51820"], gatewayKey.Reveal());
        await gateway.RunAsync("ip", ["link", "set", gateway.Interface, "up"]);

        // It knows no endpoint, so it cannot start a handshake.
        await client.RunAsync("wg", ["set", client.Interface, "private-key", "/dev/stdin", "listen-port", "51821", "peer", gatewayKey.PublicKey.ToString()], clientKey.Reveal());
        await client.RunAsync("ip", ["link", "set", client.Interface, "up"]);

        await ChangeAsync(gateway, PeerChange.Set(clientKey.PublicKey, Some.Network(1)) with { Endpoint = IPEndPoint.Parse(endpoint) });
        (await PeerAsync()).SentBytes.ShouldBe(0);
        await ChangeAsync(gateway, Keepalive(clientKey.PublicKey, 25), Keepalive(Some.Key(), 25));
        while (await PeerAsync() is not { LastHandshake: not null })
            await Task.Delay(10, Ct);

        (await PeerAsync()).ShouldSatisfyAllConditions(p => p.KeepaliveSeconds.ShouldBe(25), p => p.Endpoint.ShouldBe(IPEndPoint.Parse(endpoint)));
        await ChangeAsync(gateway, Keepalive(clientKey.PublicKey, 0));
        (await PeerAsync()).KeepaliveSeconds.ShouldBe(0);
        (await gateway.DumpAsync())[clientKey.PublicKey.ToString()][7].ShouldBe("off");

        // Single fails if the peer of the unknown key was added.
        async Task<Peer> PeerAsync() => (await _wireGuard.GetDeviceAsync(gateway.Interface, Ct)).Peers.Single();

        static PeerChange Keepalive(WireGuardKey key, int seconds) => new(key) { KeepaliveSeconds = seconds, UpdateOnly = true };
    }

    private Task ChangeAsync(WireGuardGo go, params PeerChange[] peers) =>
        _wireGuard.ChangeAsync(go.Interface, new DeviceChange { Peers = peers }, Ct);

    private async Task<IReadOnlyList<IPNetwork>> AddressesAsync(WireGuardGo go, WireGuardKey peer) =>
        (await _wireGuard.GetDeviceAsync(go.Interface, Ct)).Peers.Single(p => p.PublicKey == peer).AllowedIps;
}
