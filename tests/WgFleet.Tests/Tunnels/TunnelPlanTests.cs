using System.Net;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Tests.Tunnels;

public class TunnelPlanTests
{
    private static readonly PrivateKey Key = PrivateKey.Generate();
    private static readonly InterfaceAddress Six = new(IPAddress.Parse("fd00:a::1"), 64);
    private static readonly InterfaceAddress Four = new(IPAddress.Parse("10.9.0.1"), 24);
    private static readonly InterfaceState Link = new("wg_alpha", 3, "wireguard", true, 1420, [Four, Six]);
    private static readonly Device Device = new("wg_alpha", Key, 51820, []);
    private static readonly TunnelPlan Plan = new(Key.PublicKey, 51820, [Six, Four], null);

    [Fact]
    public void An_interface_as_planned_differs_in_nothing() => Compare(Plan, Link, Device).ShouldBeEmpty();

    [Fact]
    public void An_address_and_an_MTU_that_nobody_planned_are_no_difference() =>
        Compare(Plan, Link with { Mtu = 9000, Addresses = [.. Link.Addresses, new(IPAddress.Parse("10.1.1.1"), 32)] }, Device).ShouldBeEmpty();

    [Fact]
    public void A_missing_interface_is_the_only_difference() => Compare(Plan, null, null).ShouldBe([(TunnelFault.Missing, "it is missing")]);

    [Theory]
    [InlineData("dummy", "it is not a WireGuard interface but of kind dummy")]
    [InlineData("tun", "it is not a WireGuard interface but a tun device without a WireGuard program")]
    [InlineData(null, "it is not a WireGuard interface but another device")]
    public void An_interface_of_another_kind_is_the_only_difference(string? kind, string description) =>
        Compare(Plan, Link with { Kind = kind, IsUp = false }, null).ShouldBe([(TunnelFault.WrongKind, description)]);

    [Fact]
    public void Everything_that_differs_is_named()
    {
        var other = PrivateKey.Generate();

        Compare(Plan with { Mtu = 1380 }, Link with { IsUp = false, Addresses = [new(Six.Address, 48)] }, Device with { PrivateKey = other, ListenPort = 40000 }).ShouldBe([
            (TunnelFault.WrongKey, $"its public key is {other.PublicKey} instead of {Key.PublicKey}"),
            (TunnelFault.WrongPort, "it listens on UDP port 40000 instead of 51820"),
            (TunnelFault.WrongMtu, "its MTU is 1420 instead of 1380"),
            (TunnelFault.AddressMissing, "it lacks the address fd00:a::1/64"),
            (TunnelFault.AddressMissing, "it lacks the address 10.9.0.1/24"),
            (TunnelFault.Down, "it is down"),
        ]);
    }

    [Fact]
    public void A_missing_key_is_a_difference_whatever_key_is_planned() =>
        Compare(Plan with { PublicKey = null }, Link, Device with { PrivateKey = null }).ShouldBe([(TunnelFault.WrongKey, "it has no private key")]);

    [Fact]
    public void Link_local_addresses_are_not_compared() =>
        Compare(Plan with { Addresses = [Six, new(IPAddress.Parse("fe80::1"), 64)] }, Link, Device).ShouldBeEmpty();

    private static IEnumerable<(TunnelFault, string)> Compare(TunnelPlan plan, InterfaceState? link, Device? device) =>
        plan.Compare(new TunnelState(link, device)).Select(d => (d.Fault, d.Description));
}
