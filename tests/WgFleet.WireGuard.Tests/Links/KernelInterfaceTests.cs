using WgFleet.WireGuard.Drivers;
using WgFleet.WireGuard.Tests.Kernel;

namespace WgFleet.WireGuard.Tests.Links;

/// <summary>Interfaces of a kernel that has WireGuard.</summary>
[Collection(KernelNeeded.Name)]
[Trait("Runs", KernelFixture.Place)]
public sealed class KernelInterfaceTests(KernelFixture kernel)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public Task The_kernel_serves_an_interface_that_is_configured_read_back_and_deleted() => kernel.RunAsync(() =>
        InterfaceChecks.An_interface_is_created_configured_read_back_and_deletedAsync(WireGuardImplementation.Kernel, "wireguard"));

    [Fact(Timeout = 120_000)]
    public Task The_settings_of_an_interface_with_many_peers_are_read_without_them() =>
        kernel.RunAsync(InterfaceChecks.The_settings_of_an_interface_with_many_peers_are_read_without_themAsync);

    [Fact(Timeout = 120_000)]
    public Task The_path_to_an_address_is_found_and_a_lost_route_is_added_again() =>
        kernel.RunAsync(InterfaceChecks.The_path_to_an_address_is_found_and_a_lost_route_is_added_againAsync);

    [Fact(Timeout = 120_000)]
    public Task Addresses_of_a_WireGuard_interface_are_added_replaced_and_removed() => kernel.RunAsync(async () =>
    {
        using var interfaces = WireGuardDriver.OpenInterfaces();
        var name = InterfaceChecks.NewName();
        await interfaces.CreateAsync(name, Ct);

        await InterfaceChecks.Addresses_are_added_replaced_and_removedAsync(name);
    });

    [Fact(Timeout = 120_000)]
    public Task The_watch_reports_what_happens_to_a_WireGuard_interface() => kernel.RunAsync(async () =>
    {
        using var interfaces = WireGuardDriver.OpenInterfaces();
        await InterfaceChecks.The_watch_reports_creation_change_and_deletionAsync(name => interfaces.CreateAsync(name, Ct));
    });

    [Fact(Timeout = 120_000)]
    public Task A_port_that_another_interface_has_is_an_error_when_the_interface_comes_up() => kernel.RunAsync(async () =>
    {
        using var interfaces = WireGuardDriver.OpenInterfaces();
        using var wireGuard = WireGuardDriver.Open();
        var (first, second) = (InterfaceChecks.NewName(), InterfaceChecks.NewName());
        foreach (var name in new[] { first, second })
        {
            await interfaces.CreateAsync(name, Ct);
            await wireGuard.ChangeAsync(name, new DeviceChange { ListenPort = 53_002 }, Ct);
        }

        await interfaces.ChangeAsync(first, new InterfaceChange { Up = true }, Ct);

        (await Should.ThrowAsync<PortInUseException>(interfaces.ChangeAsync(second, new InterfaceChange { Up = true }, Ct))).InterfaceName.ShouldBe(second);
    });

    [Fact(Timeout = 120_000)]
    public Task A_hundred_interfaces_are_created_and_configured_quickly() => kernel.RunAsync(async () =>
    {
        using var interfaces = WireGuardDriver.OpenInterfaces();
        using var wireGuard = WireGuardDriver.Open();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var n = 0; n < 100; n++)
        {
            var name = InterfaceChecks.NewName();
            await interfaces.CreateAsync(name, Ct);
            await wireGuard.ChangeAsync(name, new DeviceChange { PrivateKey = PrivateKey.Generate(), ListenPort = 54_000 + n }, Ct);
            InterfaceAddress.TryParse($"fd00:{n:x}::1/64", out var address).ShouldBeTrue();
            await interfaces.ChangeAsync(name, new InterfaceChange { Mtu = 1420, Up = true, Add = [address!] }, Ct);
        }

        Console.WriteLine($"{InnerRun.Measured}100 interfaces created and configured in {watch.ElapsedMilliseconds} ms");
        (await interfaces.ListAsync(Ct)).Count(i => i is { IsUp: true, Kind: "wireguard" }).ShouldBeGreaterThanOrEqualTo(100);
    });
}
