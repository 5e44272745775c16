using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Tests.Hooks;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Tests.Tunnels;

public sealed class FleetTunnelTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly FakeWireGuard _wireGuard = new();
    private readonly FakePrograms _programs;
    private readonly CollectedLog _log = new();

    public FleetTunnelTests() => _programs = new FakePrograms(_wireGuard);

    private string Conf => _folder.File("wg_alpha.conf");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _wireGuard.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_first_time_makes_a_key_and_brings_the_interface_up()
    {
        var key = await UpAsync(Some.Fleet("alpha", "fd00:a::/64"));

        _programs.Commands.ShouldBe(["wg-quick up wg_alpha.conf"]);
        TunnelConf.Read(Conf)!.PrivateKey.PublicKey.ShouldBe(key);
        (await _wireGuard.GetDeviceAsync("wg_alpha", Ct)).PrivateKey!.PublicKey.ShouldBe(key);
        _log.At(LogLevel.Information).ShouldBe([$"Made a key for fleet alpha in {Conf}; its public key is {key}", "wg_alpha is up, UDP port 51820"]);
    }

    [Fact]
    public async Task An_interface_that_is_up_keeps_its_key_and_nothing_is_written()
    {
        var key = await UpAsync(Some.Fleet("alpha", "fd00:a::/64"));
        var before = (File.ReadAllText(Conf), File.GetLastWriteTimeUtc(Conf));

        (await UpAsync(Some.Fleet("alpha", "fd00:a::/64"))).ShouldBe(key);

        (File.ReadAllText(Conf), File.GetLastWriteTimeUtc(Conf)).ShouldBe(before);
        _programs.Commands.Skip(1).ShouldBe(["ip link set up dev wg_alpha", "ip -6 address replace fd00:a::1/64 dev wg_alpha"]);
        _wireGuard.Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_interface_that_is_down_comes_up_with_the_key_it_had()
    {
        var key = await UpAsync(Some.Fleet("alpha", "fd00:a::/64"));
        _wireGuard.Lose("wg_alpha");

        (await UpAsync(Some.Fleet("alpha", "fd00:a::/64"))).ShouldBe(key);
    }

    [Fact]
    public async Task A_lost_file_is_rebuilt_from_the_key_of_the_interface()
    {
        var key = await UpAsync(Some.Fleet("alpha", "fd00:a::/64"));
        var text = File.ReadAllText(Conf);
        File.Delete(Conf);

        (await UpAsync(Some.Fleet("alpha", "fd00:a::/64"))).ShouldBe(key);

        File.ReadAllText(Conf).ShouldBe(text);
        File.GetUnixFileMode(Conf).ShouldBe(UnixFileMode.UserRead);
        _log.At(LogLevel.Warning).ShouldBe([$"{Conf} was missing: rebuilt it from the key that wg_alpha uses"]);
    }

    [Fact]
    public async Task A_port_changed_in_the_config_is_changed_in_the_file_and_on_the_interface()
    {
        var key = await UpAsync(Some.Fleet("alpha", "fd00:a::/64"));

        (await UpAsync(Some.Fleet("alpha", "fd00:a::/64", 7777))).ShouldBe(key);

        TunnelConf.Read(Conf)!.ListenPort.ShouldBe(7777);
        _wireGuard.Changes.ShouldHaveSingleItem().Change.ListenPort.ShouldBe(7777);
        (await _wireGuard.GetDeviceAsync("wg_alpha", Ct)).ListenPort.ShouldBe(7777);
        _log.At(LogLevel.Warning).ShouldBe(["Fleet alpha has moved in the config: fd00:a::1/64 port 51820 is now fd00:a::1/64 port 7777"]);
    }

    [Fact]
    public async Task An_address_changed_in_the_config_is_changed_in_the_file_and_on_the_interface()
    {
        var key = await UpAsync(Some.Fleet("alpha", "fd00:a::/64"));

        (await UpAsync(Some.Fleet("alpha", "fd00:c::/48"))).ShouldBe(key);

        File.ReadAllText(Conf).ShouldBe($"[Interface]\nAddress = fd00:c::1/48\nListenPort = 51820\nPrivateKey = {TunnelConf.Read(Conf)!.PrivateKey.Reveal()}\n");
        _programs.Commands.Skip(1).ShouldBe([
            "ip link set up dev wg_alpha",
            "ip -6 address replace fd00:c::1/48 dev wg_alpha",
            "ip -6 address del fd00:a::1/64 dev wg_alpha"]);
    }

    [Fact]
    public async Task An_old_address_that_cannot_be_removed_is_told_and_no_more()
    {
        await UpAsync(Some.Fleet("alpha", "fd00:a::/64"));
        _programs.Failing = "address del";

        await UpAsync(Some.Fleet("alpha", "fd00:c::/64"));

        _log.At(LogLevel.Warning)[^1].ShouldBe("The old address fd00:a::1/64 stays on wg_alpha: ip -6 address del fd00:a::1/64 dev wg_alpha failed with exit code 1: it was told to");
    }

    [Fact]
    public async Task A_key_in_the_file_that_is_not_the_interfaces_does_not_count_until_it_is_used()
    {
        await UpAsync(Some.Fleet("alpha", "fd00:a::/64"));
        var other = PrivateKey.Generate();
        _wireGuard.Create("wg_alpha", other, 51820);

        (await UpAsync(Some.Fleet("alpha", "fd00:a::/64"))).ShouldBe(other.PublicKey);

        _log.At(LogLevel.Warning).ShouldBe([$"{Conf} holds another key than wg_alpha uses; the interface's counts until it is made anew"]);
    }

    [Fact]
    public async Task An_interface_without_a_key_is_made_anew()
    {
        _wireGuard.Create("wg_alpha", null, 0);

        var key = await UpAsync(Some.Fleet("alpha", "fd00:a::/64"));

        _programs.Commands.ShouldBe(["ip link delete dev wg_alpha", "wg-quick up wg_alpha.conf"]);
        (await _wireGuard.GetDeviceAsync("wg_alpha", Ct)).PrivateKey!.PublicKey.ShouldBe(key);
    }

    [Fact]
    public async Task A_broken_file_stops_it_before_anything_is_run()
    {
        File.WriteAllText(Conf, "[Interface]\n");

        (await UpAsync(Some.Fleet("alpha", "fd00:a::/64")).ShouldThrowAsync<TunnelException>()).Message.ShouldStartWith($"{Conf} has no valid PrivateKey: ");

        _programs.Commands.ShouldBeEmpty();
        File.ReadAllText(Conf).ShouldBe("[Interface]\n");
    }

    [Fact]
    public async Task A_wg_quick_that_fails_is_told_and_the_key_is_kept_for_the_next_time()
    {
        _programs.Failing = "wg-quick";
        await UpAsync(Some.Fleet("alpha", "fd00:a::/64")).ShouldThrowAsync<TunnelException>();
        var key = TunnelConf.Read(Conf)!.PrivateKey.PublicKey;
        _programs.Failing = null;

        (await UpAsync(Some.Fleet("alpha", "fd00:a::/64"))).ShouldBe(key);
    }

    [Fact]
    public async Task An_interface_that_nothing_answers_for_is_told()
    {
        var tunnel = new FleetTunnel(Some.Fleet("alpha", "fd00:a::/64"), _folder.Path, _wireGuard, (_, _, _) => Task.CompletedTask, new Logger<FleetTunnel>(_log));

        (await tunnel.EnsureUpAsync(Ct).ShouldThrowAsync<TunnelException>()).Message.ShouldBe("wg-quick brought wg_alpha up, but nothing answers for it");
        tunnel.PublicKey.ShouldBeNull();
    }

    private async Task<WireGuardKey> UpAsync(FleetConfig fleet)
    {
        var tunnel = new FleetTunnel(fleet, _folder.Path, _wireGuard, _programs.RunAsync, new Logger<FleetTunnel>(_log));
        await tunnel.EnsureUpAsync(Ct);
        return tunnel.PublicKey!.Value;
    }
}
