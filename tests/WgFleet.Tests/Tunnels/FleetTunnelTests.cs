using System.Net;
using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Tests.Tunnels;

public sealed class FleetTunnelTests : IDisposable
{
    private static readonly TunnelConfig Alpha = Some.Fleet("alpha", "fd00:a::/64").Tunnel;

    private readonly Folder _folder = new();
    private readonly FakeWireGuard _wireGuard = new();
    private readonly FakeInterfaces _interfaces;
    private readonly FakePrograms _programs;
    private readonly CollectedLog _log = new();

    public FleetTunnelTests()
    {
        _interfaces = new FakeInterfaces(_wireGuard);
        _programs = new FakePrograms(_wireGuard, _interfaces);
    }

    private string Conf => _folder.File("wg_alpha.conf");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _wireGuard.Dispose();
        _interfaces.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_first_start_makes_a_key_and_creates_the_interface_without_wg_quick()
    {
        var key = await UpAsync(Alpha);

        _interfaces.Commands.ShouldBe(["create wg_alpha", "change wg_alpha: up, +fd00:a::1/64"]);
        _programs.Commands.ShouldBeEmpty();
        TunnelConf.Read(Conf)!.PrivateKey.PublicKey.ShouldBe(key);
        var device = await _wireGuard.GetDeviceAsync("wg_alpha", Ct);
        (device.PrivateKey!.PublicKey, device.ListenPort).ShouldBe((key, 51820));
        _log.At(LogLevel.Information).ShouldBe([
            $"Made a key for fleet alpha in {Conf}; its public key is {key}",
            "wg_alpha is up on UDP port 51820, served by the kernel"]);
    }

    [Fact]
    public async Task A_file_with_more_addresses_and_an_MTU_is_set_up_without_wg_quick()
    {
        var key = PrivateKey.Generate();
        File.WriteAllText(Conf, $"[Interface]\nPrivateKey = {key.Reveal()}\nAddress = fd00:a::1/64, 10.9.0.1/24\nMTU = 1380\nListenPort = 51820\n");

        (await UpAsync(Alpha)).ShouldBe(key.PublicKey);

        _interfaces.Commands.ShouldBe(["create wg_alpha", "change wg_alpha: mtu 1380, up, +fd00:a::1/64, +10.9.0.1/24"]);
        _programs.Commands.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_with_commands_is_brought_up_by_wg_quick_and_the_log_says_why()
    {
        var key = PrivateKey.Generate();
        File.WriteAllText(Conf, $"[Interface]\nPrivateKey = {key.Reveal()}\nAddress = fd00:a::1/64\nListenPort = 51820\nPostUp = true\n");

        (await UpAsync(Alpha)).ShouldBe(key.PublicKey);

        _programs.Commands.ShouldBe(["wg-quick up wg_alpha.conf"]);
        _interfaces.Commands.ShouldBeEmpty();
        _log.At(LogLevel.Information).ShouldBe([$"wg_alpha is up on UDP port 51820, brought up by wg-quick because {Conf} has PostUp in line 5"]);
    }

    [Fact]
    public async Task An_interface_that_is_right_is_left_alone()
    {
        var key = await UpAsync(Alpha);
        var (text, changes, commands) = (File.ReadAllText(Conf), _wireGuard.Changes.Count, _interfaces.Commands.Count);

        (await UpAsync(Alpha)).ShouldBe(key);

        File.ReadAllText(Conf).ShouldBe(text);
        _wireGuard.Changes.Count.ShouldBe(changes);
        _interfaces.Commands.Count.ShouldBe(commands);
        _log.At(LogLevel.Warning).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_somebody_changed_is_put_right_and_nothing_else()
    {
        var tunnel = Tunnel(Alpha);
        (await tunnel.EnsureUpAsync(Ct)).Select(d => d.Fault).ShouldBe([TunnelFault.Missing]);
        await _interfaces.ChangeAsync("wg_alpha", new InterfaceChange { Up = false, Remove = [TunnelConf.AddressOf(Alpha.Network)] }, Ct);
        await _wireGuard.ChangeAsync("wg_alpha", new DeviceChange { ListenPort = 40000 }, Ct);

        var mended = await tunnel.EnsureUpAsync(Ct);

        mended.Select(d => d.Fault).ShouldBe([TunnelFault.WrongPort, TunnelFault.AddressMissing, TunnelFault.Down]);
        _interfaces.Commands[^1].ShouldBe("change wg_alpha: up, +fd00:a::1/64");
        _wireGuard.Changes[^1].Change.ShouldBe(new DeviceChange { ListenPort = 51820, Peers = _wireGuard.Changes[^1].Change.Peers });
        tunnel.Plan!.Compare(await tunnel.ReadAsync(Ct)).ShouldBeEmpty();
        _log.At(LogLevel.Warning).ShouldBe([
            "Repaired wg_alpha: it listens on UDP port 40000 instead of 51820; it lacks the address fd00:a::1/64; it is down"]);
    }

    [Fact]
    public async Task A_lost_interface_comes_up_with_the_key_it_had()
    {
        var key = await UpAsync(Alpha);
        _wireGuard.Lose("wg_alpha");

        (await UpAsync(Alpha)).ShouldBe(key);
    }

    [Fact]
    public async Task A_lost_file_is_written_again_with_the_key_of_the_interface()
    {
        var key = await UpAsync(Alpha);
        var text = File.ReadAllText(Conf);
        File.Delete(Conf);

        (await UpAsync(Alpha)).ShouldBe(key);

        File.ReadAllText(Conf).ShouldBe(text);
        File.GetUnixFileMode(Conf).ShouldBe(UnixFileMode.UserRead);
        _log.At(LogLevel.Warning).ShouldBe([$"{Conf} was missing; wrote it again with the key that wg_alpha uses"]);
    }

    [Fact]
    public async Task A_file_and_an_interface_that_are_both_lost_while_running_come_back_with_their_key()
    {
        var tunnel = Tunnel(Alpha);
        await tunnel.EnsureUpAsync(Ct);
        var key = tunnel.PublicKey;
        File.Delete(Conf);
        _wireGuard.Lose("wg_alpha");

        await tunnel.EnsureUpAsync(Ct);

        tunnel.PublicKey.ShouldBe(key);
    }

    [Fact]
    public async Task A_port_changed_in_the_configuration_is_changed_in_the_file_and_on_the_interface()
    {
        var key = await UpAsync(Alpha);

        (await UpAsync(Alpha with { Port = 7777 })).ShouldBe(key);

        TunnelConf.Read(Conf)!.Port.ShouldBe(7777);
        (await _wireGuard.GetDeviceAsync("wg_alpha", Ct)).ListenPort.ShouldBe(7777);
        _log.At(LogLevel.Warning).ShouldBe([
            $"Changed {Conf} as the configuration has changed: from fd00:a::1/64 port 51820 to fd00:a::1/64 port 7777"]);

        // Nobody else has changed it, so it is not told as a repair.
        _log.At(LogLevel.Information).ShouldContain("Changed wg_alpha to what the configuration says: it listens on UDP port 51820 instead of 7777");
    }

    [Fact]
    public void A_reload_keeps_the_tunnel_unless_something_of_the_interface_has_changed()
    {
        var fleet = Some.Fleet("alpha", "fd00:a::/64");
        var tunnel = Tunnel(fleet.Tunnel);

        // Both are new objects at each reload.
        tunnel.Fits((fleet with { Roster = new Roster("/etc/seats.csv", []), Enrollment = new EnrollmentConfig() }).Tunnel, _folder.Path).ShouldBeTrue();
        tunnel.Fits((fleet with { ExternalIp = "vpn.example.com" }).Tunnel, _folder.Path).ShouldBeTrue();

        tunnel.Fits((fleet with { Port = 7777 }).Tunnel, _folder.Path).ShouldBeFalse();
        tunnel.Fits(Some.Fleet("alpha", "fd00:c::/48").Tunnel, _folder.Path).ShouldBeFalse();
        tunnel.Fits(fleet.Tunnel, "/elsewhere").ShouldBeFalse();
    }

    [Fact]
    public async Task An_address_changed_in_the_configuration_is_changed_in_the_file_and_on_the_interface()
    {
        var key = await UpAsync(Alpha);

        (await UpAsync(Some.Fleet("alpha", "fd00:c::/48").Tunnel)).ShouldBe(key);

        File.ReadAllText(Conf).ShouldBe($"[Interface]\nAddress = fd00:c::1/48\nListenPort = 51820\nPrivateKey = {TunnelConf.Read(Conf)!.PrivateKey.Reveal()}\n");
        _interfaces.Commands[^1].ShouldBe("change wg_alpha: +fd00:c::1/48, -fd00:a::1/64");
        (await _interfaces.FindAsync("wg_alpha", Ct))!.Addresses.ShouldBe([new InterfaceAddress(IPAddress.Parse("fd00:c::1"), 48)]);
    }

    [Fact]
    public async Task A_key_in_the_file_that_the_interface_does_not_use_does_not_count_until_the_interface_is_made_anew()
    {
        await UpAsync(Alpha);
        var other = PrivateKey.Generate();
        _wireGuard.Create("wg_alpha", other, 51820);

        (await UpAsync(Alpha)).ShouldBe(other.PublicKey);

        _log.At(LogLevel.Warning).ShouldBe([$"The key in {Conf} is not the one that wg_alpha uses; the interface keeps its key until it is created anew"]);
        _wireGuard.Lose("wg_alpha");
        (await UpAsync(Alpha)).ShouldBe(TunnelConf.Read(Conf)!.PrivateKey.PublicKey);
    }

    [Fact]
    public async Task A_key_that_somebody_gives_to_the_running_interface_is_replaced_by_the_one_that_the_clients_have()
    {
        var tunnel = Tunnel(Alpha);
        await tunnel.EnsureUpAsync(Ct);
        var key = tunnel.PublicKey!.Value;
        await _wireGuard.ChangeAsync("wg_alpha", new DeviceChange { PrivateKey = PrivateKey.Generate() }, Ct);

        (await tunnel.EnsureUpAsync(Ct)).Select(d => d.Fault).ShouldBe([TunnelFault.WrongKey]);

        (await _wireGuard.GetDeviceAsync("wg_alpha", Ct)).PrivateKey!.PublicKey.ShouldBe(key);
    }

    [Fact]
    public async Task An_interface_without_a_key_is_finished()
    {
        _wireGuard.Create("wg_alpha", null, 0);

        var key = await UpAsync(Alpha);

        _interfaces.Commands.ShouldBe(["change wg_alpha: +fd00:a::1/64"]);
        (await _wireGuard.GetDeviceAsync("wg_alpha", Ct)).PrivateKey!.PublicKey.ShouldBe(key);
    }

    [Fact]
    public async Task An_interface_that_an_interrupted_wg_quick_left_behind_is_deleted_and_brought_up_by_wg_quick()
    {
        _wireGuard.Create("wg_alpha", null, 0);
        File.WriteAllText(Conf, $"[Interface]\nPrivateKey = {PrivateKey.Generate().Reveal()}\nAddress = fd00:a::1/64\nListenPort = 51820\nPostUp = true\n");

        await UpAsync(Alpha);

        _interfaces.Commands.ShouldBe(["delete wg_alpha"]);
        _programs.Commands.ShouldBe(["wg-quick up wg_alpha.conf"]);
    }

    [Fact]
    public async Task A_damaged_file_is_an_error_before_anything_is_done()
    {
        File.WriteAllText(Conf, "[Interface]\n");

        (await UpAsync(Alpha).ShouldThrowAsync<TunnelException>()).Message.ShouldStartWith($"{Conf} has no valid PrivateKey: ");

        _interfaces.Commands.ShouldBeEmpty();
        File.ReadAllText(Conf).ShouldBe("[Interface]\n");
    }

    [Fact]
    public async Task A_damaged_file_of_an_interface_that_works_is_only_noted_and_the_interface_is_put_right()
    {
        var tunnel = Tunnel(Alpha);
        await tunnel.EnsureUpAsync(Ct);
        var key = tunnel.PublicKey;
        var text = File.ReadAllText(Conf);
        File.Delete(Conf);
        File.WriteAllText(Conf, "[Interface]\n");
        await _interfaces.ChangeAsync("wg_alpha", new InterfaceChange { Up = false }, Ct);

        await tunnel.EnsureUpAsync(Ct);

        tunnel.Trouble.ShouldNotBeNull().ShouldStartWith($"{Conf} has no valid PrivateKey: ");
        tunnel.PublicKey.ShouldBe(key);
        (await _interfaces.FindAsync("wg_alpha", Ct))!.IsUp.ShouldBeTrue();
        File.ReadAllText(Conf).ShouldBe("[Interface]\n");

        File.WriteAllText(Conf, text);
        await tunnel.EnsureUpAsync(Ct);
        tunnel.Trouble.ShouldBeNull();
    }

    [Fact]
    public async Task An_interface_that_cannot_be_created_is_an_error_and_the_key_is_kept_for_the_next_time()
    {
        _interfaces.Failing = "create";
        (await UpAsync(Alpha).ShouldThrowAsync<WireGuardException>()).Message.ShouldBe("create wg_alpha failed: it was told to");
        var key = TunnelConf.Read(Conf)!.PrivateKey.PublicKey;
        _interfaces.Failing = null;

        (await UpAsync(Alpha)).ShouldBe(key);
    }

    [Fact]
    public async Task A_device_of_another_kind_with_the_fleets_name_is_an_error_that_names_it()
    {
        _interfaces.Set(new InterfaceState("wg_alpha", 5, "dummy", true, 1500, []));

        (await UpAsync(Alpha).ShouldThrowAsync<TunnelException>()).Message
            .ShouldBe("wg_alpha cannot be used, it is not a WireGuard interface but of kind dummy: remove or rename it");
        _interfaces.Commands.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_port_that_a_leftover_interface_has_is_an_error_that_names_the_interface()
    {
        _wireGuard.Create("wg_old", PrivateKey.Generate(), 51820);
        _interfaces.PortsInUse.Add(51820);

        (await UpAsync(Alpha).ShouldThrowAsync<TunnelException>()).Message
            .ShouldBe("UDP port 51820 is in use by the interface wg_old: remove it with `ip link delete dev wg_old`, or give fleet alpha another port");
        _interfaces.Commands.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_port_that_a_program_has_is_an_error_with_the_command_that_finds_it()
    {
        _interfaces.PortsInUse.Add(51820);

        (await UpAsync(Alpha).ShouldThrowAsync<TunnelException>()).Message
            .ShouldBe("UDP port 51820 is in use by another program, which `ss -ulnp sport = :51820` shows: stop it, or give fleet alpha another port");
    }

    [Fact]
    public async Task A_wg_quick_that_changes_nothing_is_an_error()
    {
        File.WriteAllText(Conf, $"[Interface]\nPrivateKey = {PrivateKey.Generate().Reveal()}\nTable = off\n");
        var tunnel = new FleetTunnel(Alpha, _folder.Path, _wireGuard, _interfaces, (_, _, _) => Task.CompletedTask, new Logger<FleetTunnel>(_log));

        (await tunnel.EnsureUpAsync(Ct).ShouldThrowAsync<TunnelException>()).Message.ShouldBe("wg_alpha was set up, but it is missing: does another program change it?");
        tunnel.PublicKey.ShouldBeNull();
    }

    private FleetTunnel Tunnel(TunnelConfig fleet) =>
        new(fleet, _folder.Path, _wireGuard, _interfaces, _programs.RunAsync, new Logger<FleetTunnel>(_log));

    private async Task<WireGuardKey> UpAsync(TunnelConfig fleet)
    {
        var tunnel = Tunnel(fleet);
        await tunnel.EnsureUpAsync(Ct);
        return tunnel.PublicKey!.Value;
    }
}
