using System.Diagnostics;
using WgFleet.WireGuard.Drivers;
using WgFleet.WireGuard.Links;

namespace WgFleet.WireGuard.Tests.Links;

/// <summary>Interfaces of this kernel, in a network namespace, and wireguard-go's.</summary>
[Collection(NamespaceNeeded.Name)]
[Trait("Runs", NamespaceFixture.Place)]
public sealed class NamespaceTests(NamespaceFixture place)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public Task wireguard_go_serves_an_interface_that_is_configured_read_back_and_deleted() => place.RunAsync(async () =>
    {
        var kernelHasWireGuard = await KernelCreatesAsync(Interfaces.WireGuardKind);
        await InterfaceChecks.An_interface_is_created_configured_read_back_and_deletedAsync(
            kernelHasWireGuard ? WireGuardImplementation.Kernel : WireGuardImplementation.Userspace, kernelHasWireGuard ? "wireguard" : "tun");
    });

    [Fact(Timeout = 60_000)]
    public Task The_settings_of_an_interface_with_many_peers_are_read_without_them() =>
        place.RunAsync(InterfaceChecks.The_settings_of_an_interface_with_many_peers_are_read_without_themAsync);

    [Fact(Timeout = 60_000)]
    public Task The_path_to_an_address_is_found_and_a_lost_route_is_added_again() =>
        place.RunAsync(InterfaceChecks.The_path_to_an_address_is_found_and_a_lost_route_is_added_againAsync);

    [Fact(Timeout = 60_000)]
    public Task wireguard_go_ends_with_its_interface_and_leaves_no_socket() => place.RunAsync(async () =>
    {
        using var interfaces = WireGuardDriver.OpenInterfaces();
        var name = InterfaceChecks.NewName();
        await new UserspaceProgram("wireguard-go").StartAsync(name, Ct);
        var pid = int.Parse(await Command.RunAsync("pgrep", ["-f", $"wireguard-go {name}"]));
        (await SessionAsync(pid)).ShouldNotBe(await SessionAsync(Environment.ProcessId));
        using var program = Process.GetProcessById(pid);

        await interfaces.DeleteAsync(name, Ct);

        await program.WaitForExitAsync(Ct);
        File.Exists($"/var/run/wireguard/{name}.sock").ShouldBeFalse();
    });

    [Fact(Timeout = 60_000)]
    public Task Addresses_are_added_replaced_and_removed() => place.RunAsync(async () =>
    {
        var name = InterfaceChecks.NewName();
        await CreateAsync(name);

        await InterfaceChecks.Addresses_are_added_replaced_and_removedAsync(name);
    });

    [Fact(Timeout = 60_000)]
    public Task The_watch_reports_creation_change_and_deletion() => place.RunAsync(() =>
        InterfaceChecks.The_watch_reports_creation_change_and_deletionAsync(CreateAsync));

    [Fact(Timeout = 60_000)]
    public Task Interfaces_are_changed_while_others_are_read_and_none_is_missed() => place.RunAsync(async () =>
    {
        using var interfaces = WireGuardDriver.OpenInterfaces();
        var names = Enumerable.Range(0, 20).Select(_ => InterfaceChecks.NewName()).ToList();

        await Task.WhenAll(names.Select(async name =>
        {
            await CreateAsync(name);
            await interfaces.ListAsync(Ct);
            await interfaces.ChangeAsync(name, new InterfaceChange { Mtu = 1400 }, Ct);
        }));

        var found = await interfaces.ListAsync(Ct);
        names.ShouldAllBe(name => found.Single(i => i.Name == name).Mtu == 1400);
    });

    [Fact(Timeout = 60_000)]
    public Task Changing_a_missing_interface_is_an_error_that_names_it() => place.RunAsync(async () =>
    {
        using var interfaces = WireGuardDriver.OpenInterfaces();

        (await Should.ThrowAsync<DeviceNotFoundException>(interfaces.ChangeAsync("wg_nosuch", new InterfaceChange { Up = true }, Ct))).Message
            .ShouldBe("no WireGuard interface wg_nosuch");
    });

    [Fact(Timeout = 60_000)]
    public Task Without_a_default_route_the_MTU_is_that_of_Ethernet_less_80_and_with_one_that_of_its_interface() => place.RunAsync(async () =>
    {
        using var interfaces = WireGuardDriver.OpenInterfaces();
        (await interfaces.ChooseMtuAsync(Ct)).ShouldBe(1420);
        var name = InterfaceChecks.NewName();
        await CreateAsync(name);
        await interfaces.ChangeAsync(name, new InterfaceChange { Mtu = 1450, Up = true }, Ct);

        await Command.RunAsync("ip", ["route", "add", "default", "dev", name]);
        (await interfaces.ChooseMtuAsync(Ct)).ShouldBe(1370);
        await Command.RunAsync("ip", ["route", "replace", "default", "dev", name, "mtu", "1300"]);
        (await interfaces.ChooseMtuAsync(Ct)).ShouldBe(1220);
        await interfaces.DeleteAsync(name, Ct);
    });

    [Fact(Timeout = 60_000)]
    public Task Link_local_addresses_that_the_kernel_adds_are_not_read() => place.RunAsync(async () =>
    {
        using var interfaces = WireGuardDriver.OpenInterfaces();
        var name = InterfaceChecks.NewName();
        await CreateAsync(name);
        await Command.RunAsync("ip", ["address", "add", "fe80::1/64", "dev", name]);

        (await interfaces.FindAsync(name, Ct))!.Addresses.ShouldBeEmpty();
    });

    private static async Task<string> SessionAsync(int pid) => (await Command.RunAsync("ps", ["-o", "sid=", "-p", $"{pid}"])).Trim();

    /// <summary>A bridge stands in for WireGuard in questions that the kernel answers for every kind alike.</summary>
    private static async Task CreateAsync(string name)
    {
        using var interfaces = new Interfaces(TimeProvider.System);
        (await interfaces.CreateAsync(name, "bridge", Ct)).ShouldBeTrue();
    }

    private static async Task<bool> KernelCreatesAsync(string kind)
    {
        using var interfaces = new Interfaces(TimeProvider.System);
        var name = InterfaceChecks.NewName();
        var created = await interfaces.CreateAsync(name, kind, Ct);
        if (created)
            await interfaces.DeleteAsync(name, Ct);

        return created;
    }
}
