using System.Net;
using WgFleet.WireGuard.Drivers;

namespace WgFleet.WireGuard.Tests.Links;

/// <summary>What must hold for a WireGuard interface, whoever serves it. Runs where the kernel or a program can create one.</summary>
internal static class InterfaceChecks
{
    private static readonly InterfaceAddress Six = Address("fd00:a::1/64");
    private static readonly InterfaceAddress Four = Address("10.9.0.1/24");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task An_interface_is_created_configured_read_back_and_deletedAsync(WireGuardImplementation expected, string kind)
    {
        using var interfaces = WireGuardDriver.OpenInterfaces();
        using var wireGuard = WireGuardDriver.Open();
        var name = NewName();
        var key = PrivateKey.Generate();
        (await interfaces.FindAsync(name, Ct)).ShouldBeNull();

        (await interfaces.CreateAsync(name, Ct)).ShouldBe(expected);
        await wireGuard.ChangeAsync(name, new DeviceChange { PrivateKey = key, ListenPort = 53_001, Peers = [Some.Peer(1)] }, Ct);
        await interfaces.ChangeAsync(name, new InterfaceChange { Mtu = 1380, Up = true, Add = [Six, Four] }, Ct);

        var state = (await interfaces.FindAsync(name, Ct))!;
        (state.Name, state.Kind, state.IsUp, state.Mtu).ShouldBe((name, kind, true, 1380));
        state.Addresses.ShouldBe([Four, Six], ignoreOrder: true);
        (await interfaces.ListAsync(Ct)).Single(i => i.Name == name).Addresses.ShouldBe(state.Addresses);
        var device = await wireGuard.GetDeviceAsync(name, Ct);
        device.PrivateKey!.Reveal().ShouldBe(key.Reveal());
        device.ListenPort.ShouldBe(53_001);
        device.Peers.Count.ShouldBe(1);
        var settings = await wireGuard.GetSettingsAsync(name, Ct);
        (settings.PrivateKey, settings.ListenPort).ShouldBe((key, 53_001));
        (await Command.RunAsync("wg", ["show", name, "private-key"])).TrimEnd().ShouldBe(key.Reveal());
        (await Command.RunAsync("ip", ["-6", "route", "show", "dev", name])).ShouldContain("fd00:a::/64");
        (await Command.RunAsync("ip", ["-4", "route", "show", "dev", name])).ShouldContain("10.9.0.0/24");
        (await Should.ThrowAsync<WireGuardException>(interfaces.CreateAsync(name, Ct))).Message.ShouldContain("exist");

        await interfaces.DeleteAsync(name, Ct);
        await interfaces.DeleteAsync(name, Ct);
        (await interfaces.FindAsync(name, Ct)).ShouldBeNull();
    }

    public static async Task The_settings_of_an_interface_with_many_peers_are_read_without_themAsync()
    {
        using var interfaces = WireGuardDriver.OpenInterfaces();
        using var wireGuard = WireGuardDriver.Open();
        var (name, key) = (NewName(), PrivateKey.Generate());
        (await Should.ThrowAsync<DeviceNotFoundException>(wireGuard.GetSettingsAsync(name, Ct))).ShouldNotBeNull();
        await interfaces.CreateAsync(name, Ct);
        await wireGuard.ChangeAsync(name, new DeviceChange { PrivateKey = key, ListenPort = 53_002, Peers = [.. Enumerable.Range(1, 500).Select(Some.Peer)] }, Ct);

        for (var i = 0; i < 3; i++)
        {
            var settings = await wireGuard.GetSettingsAsync(name, Ct);
            (settings.PrivateKey, settings.ListenPort).ShouldBe((key, 53_002));
            (await wireGuard.GetDeviceAsync(name, Ct)).Peers.Count.ShouldBe(500);
        }

        await interfaces.DeleteAsync(name, Ct);
    }

    public static async Task The_path_to_an_address_is_found_and_a_lost_route_is_added_againAsync()
    {
        using var interfaces = WireGuardDriver.OpenInterfaces();
        var (name, client) = (NewName(), IPAddress.Parse("fd00:fade::77"));
        await interfaces.CreateAsync(name, Ct);
        await interfaces.ChangeAsync(name, new InterfaceChange { Up = true, Add = [Address("fd00:fade::1/64")] }, Ct);
        (await interfaces.FindPathAsync(client, Ct)).ShouldBe(name);

        await Command.RunAsync("ip", ["-6", "route", "delete", "fd00:fade::/64", "dev", name]);
        (await interfaces.FindPathAsync(client, Ct)).ShouldBeNull();
        for (var i = 0; i < 2; i++)
            await interfaces.ChangeAsync(name, new InterfaceChange { Routes = [IPNetwork.Parse("fd00:fade::/64")] }, Ct);

        (await interfaces.FindPathAsync(client, Ct)).ShouldBe(name);
        (await Command.RunAsync("ip", ["-6", "route", "show", "dev", name])).ShouldContain("fd00:fade::/64 proto kernel metric 256");
        await interfaces.DeleteAsync(name, Ct);
    }

    /// <summary>For any kind of interface that the kernel can create.</summary>
    public static async Task Addresses_are_added_replaced_and_removedAsync(string name)
    {
        using var interfaces = WireGuardDriver.OpenInterfaces();
        var wider = Address("fd00:a::1/48");

        await interfaces.ChangeAsync(name, new InterfaceChange { Up = true, Add = [Six, Four] }, Ct);
        await interfaces.ChangeAsync(name, new InterfaceChange { Add = [Six, Four] }, Ct);
        (await AddressesAsync()).ShouldBe([Four, Six], ignoreOrder: true);

        await interfaces.ChangeAsync(name, new InterfaceChange { Add = [wider], Remove = [Six, Address("fd00:b::1/64")] }, Ct);
        (await AddressesAsync()).ShouldBe([Four, wider], ignoreOrder: true);

        await interfaces.ChangeAsync(name, new InterfaceChange { Remove = [Four, Four] }, Ct);
        (await AddressesAsync()).ShouldBe([wider]);

        await interfaces.ChangeAsync(name, new InterfaceChange { Up = false }, Ct);
        (await interfaces.FindAsync(name, Ct))!.IsUp.ShouldBeFalse();

        async Task<IReadOnlyList<InterfaceAddress>> AddressesAsync() => (await interfaces.FindAsync(name, Ct))!.Addresses;
    }

    public static async Task The_watch_reports_creation_change_and_deletionAsync(Func<string, Task> create)
    {
        using var interfaces = WireGuardDriver.OpenInterfaces();
        var name = NewName();
        await using var watch = interfaces.WatchAsync(Ct).GetAsyncEnumerator(Ct);
        await NextAsync(everything: true);

        await create(name);
        await NextAsync();
        await interfaces.ChangeAsync(name, new InterfaceChange { Up = true, Add = [Address("fd00:c::1/64"), Address("10.10.0.1/24")] }, Ct);
        await NextAsync();
        await Command.RunAsync("ip", ["-6", "address", "flush", "dev", name]);
        await NextAsync();
        await Command.RunAsync("ip", ["-4", "address", "flush", "dev", name]);
        await NextAsync();
        await interfaces.DeleteAsync(name, Ct);
        await NextAsync();

        // Several notifications may follow one change, so reports about the change before may still come.
        async Task NextAsync(bool everything = false)
        {
            do
                (await watch.MoveNextAsync()).ShouldBeTrue();
            while (everything ? !watch.Current.Everything : !watch.Current.Names.Contains(name));
        }
    }

    public static string NewName() => $"wgi{Random.Shared.Next():x8}";

    private static InterfaceAddress Address(string text) => InterfaceAddress.TryParse(text, out var address) ? address : throw new FormatException(text);
}
