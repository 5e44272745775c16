using System.Buffers.Binary;
using System.Net;
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
        var networks = fleets.SelectMany(f => f.Networks, (fleet, network) => (fleet, network)).ToList();
        foreach (var (fleet, network) in networks)
            GatewayIsInItsSubnet(fleet, network, findings);

        foreach (var family in networks.Where(n => n.network.Subnet is not null).GroupBy(n => n.network.SubnetKey))
            SubnetsDoNotOverlap(family, findings);

        PortsAreNotShared(fleets, findings);
        if (!saysTls)
            PresharedKeysNeedTls(fleets, findings);
    }

    private static void GatewayIsInItsSubnet(FleetEntry fleet, NetworkEntry entry, Diagnostics findings)
    {
        if (entry.ToNetwork() is not { Gateway: var gateway, Subnet: var subnet } network)
            return;

        var (line, path) = (entry.Gateway!.Value.Line, $"{fleet.Path}.{entry.GatewayKey}");
        if (!subnet.Contains(gateway))
            findings.Problem(line, path, $"{gateway} is not in the subnet, use an address of {subnet}");
        else if (network.IsReserved(gateway))
            findings.Problem(line, path, $"{gateway} is {(network.IsIPv4 ? "the network's own or its broadcast address" : "the subnet's router anycast address (RFC 4291, 2.6.1)")}, use another of {subnet}");

        if (network.IsIPv4 && IPAddress.TryParse(fleet.ExternalIp?.Value, out var outside) && subnet.Contains(outside))
            findings.Problem(entry.Subnet!.Value.Line, $"{fleet.Path}.{entry.SubnetKey}", $"{subnet} contains external_ip {outside}, by which clients reach the gateway; use another");
    }

    private static void SubnetsDoNotOverlap(IEnumerable<(FleetEntry Fleet, NetworkEntry Network)> networks, Diagnostics findings)
    {
        // Two subnets are either disjoint or one contains the other. In the order of first address, larger before smaller, a subnet
        // comes directly after the subnets that contain it.
        (FleetEntry Fleet, NetworkEntry Network)? last = null;
        foreach (var next in networks.OrderBy(n => FirstAddress(n.Network)).ThenBy(n => SubnetOf(n.Network).PrefixLength))
        {
            if (last is not { } holder || !SubnetOf(holder.Network).Contains(SubnetOf(next.Network).BaseAddress))
            {
                last = next;
                continue;
            }

            var (earlier, later) = LineOf(holder.Network) <= LineOf(next.Network) ? (holder, next) : (next, holder);
            findings.Problem(LineOf(later.Network), $"{later.Fleet.Path}.{later.Network.SubnetKey}",
                $"{SubnetOf(later.Network)} overlaps {earlier.Fleet.Path}'s {SubnetOf(earlier.Network)} (line {LineOf(earlier.Network)}), use another");
        }
    }

    private static IPNetwork SubnetOf(NetworkEntry network) => network.Subnet!.Value.Value;

    private static int LineOf(NetworkEntry network) => network.Subnet!.Value.Line;

    private static void PresharedKeysNeedTls(IReadOnlyList<FleetEntry> fleets, Diagnostics findings)
    {
        // A proxy on this machine is trusted without a setting, so this is no error.
        foreach (var fleet in fleets.Where(f => f.Client.Preshared))
        {
            findings.Warning(fleet.PresharedLine, fleet.Path + ".preshared",
                "machines can register only over TLS, but the server speaks none: set tls, or public_url to the https URL of a proxy that does");
        }
    }

    private static UInt128 FirstAddress(NetworkEntry network)
    {
        Span<byte> bytes = stackalloc byte[16];
        SubnetOf(network).BaseAddress.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

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
