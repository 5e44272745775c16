using System.Buffers.Binary;
using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>Rules between the values of a fleet, and between fleets.</summary>
internal static class FleetRules
{
    /// <summary>Adds an error for each broken rule, as far as the fleets could be read.</summary>
    /// <param name="fleets">The fleets.</param>
    /// <param name="saysTls">Whether the file says that the server or a proxy in front of it speaks TLS.</param>
    /// <param name="findings">Gets the errors and warnings.</param>
    public static void Check(IReadOnlyList<FleetEntry> fleets, bool saysTls, Diagnostics findings)
    {
        foreach (var fleet in fleets)
            GatewayIsInItsSubnet(fleet, findings);

        SubnetsDoNotOverlap(fleets, findings);
        PortsAreNotShared(fleets, findings);
        if (!saysTls)
            PresharedKeysNeedTls(fleets, findings);
    }

    private static void GatewayIsInItsSubnet(FleetEntry fleet, Diagnostics findings)
    {
        if (fleet.Ip6 is not { } ip6 || fleet.Subnet is not { Value: var subnet })
            return;

        if (!subnet.Contains(ip6.Value))
            findings.Problem(ip6.Line, fleet.Path + ".ip6", $"{ip6.Value} is not in the subnet, use an address of {subnet}");
        else if (ip6.Value.Equals(subnet.BaseAddress))
            findings.Problem(ip6.Line, fleet.Path + ".ip6", $"{ip6.Value} is the subnet's router anycast address (RFC 4291, 2.6.1), use another of {subnet}");
    }

    private static void SubnetsDoNotOverlap(IReadOnlyList<FleetEntry> fleets, Diagnostics findings)
    {
        // Two subnets are either disjoint or one contains the other. In the order of first address, larger before smaller, a subnet
        // comes directly after the subnets that contain it.
        FleetEntry? holder = null;
        foreach (var fleet in fleets.Where(f => f.Subnet is not null).OrderBy(FirstAddress).ThenBy(f => f.Subnet!.Value.Value.PrefixLength))
        {
            if (holder is null || !holder.Subnet!.Value.Value.Contains(fleet.Subnet!.Value.Value.BaseAddress))
            {
                holder = fleet;
                continue;
            }

            var (earlier, later) = InFileOrder(holder, fleet);
            findings.Problem(later.Subnet!.Value.Line, later.Path + ".subnet",
                $"{later.Subnet.Value.Value} overlaps {earlier.Path}'s {earlier.Subnet!.Value.Value} (line {earlier.Subnet.Value.Line}), use another");
        }
    }

    private static void PresharedKeysNeedTls(IReadOnlyList<FleetEntry> fleets, Diagnostics findings)
    {
        // A proxy on this machine is trusted without a setting, so this is no error.
        foreach (var fleet in fleets.Where(f => f.Client.Preshared))
        {
            findings.Warning(fleet.PresharedLine, fleet.Path + ".preshared",
                "machines can register only over TLS, but the server speaks none: set tls, or public_url to the https URL of a proxy that does");
        }
    }

    private static UInt128 FirstAddress(FleetEntry fleet) =>
        BinaryPrimitives.ReadUInt128BigEndian(fleet.Subnet!.Value.Value.BaseAddress.GetAddressBytes());

    private static (FleetEntry Earlier, FleetEntry Later) InFileOrder(FleetEntry one, FleetEntry other) =>
        one.Subnet!.Value.Line <= other.Subnet!.Value.Line ? (one, other) : (other, one);

    private static void PortsAreNotShared(IReadOnlyList<FleetEntry> fleets, Diagnostics findings)
    {
        var first = new Dictionary<int, FleetEntry>();
        foreach (var fleet in fleets)
        {
            if (fleet.Port is { } port && !first.TryAdd(port.Value, fleet))
            {
                var other = first[port.Value];
                findings.Problem(port.Line, fleet.Path + ".port", $"{port.Value} is {other.Path}'s port already (line {other.Port!.Value.Line}), use another");
            }
        }
    }
}
