using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace WgFleet.Config;

/// <summary>A network of a fleet, IPv6 or IPv4.</summary>
/// <param name="Gateway">The gateway's own address in the tunnel.</param>
/// <param name="GatewayText">The same as it is spelled in the file, which is how clients and wg_FLEET.conf get it.</param>
/// <param name="Subnet">The subnet that clients get addresses from, without host bits.</param>
internal sealed record FleetNetwork(IPAddress Gateway, string GatewayText, IPNetwork Subnet)
{
    public bool IsIPv4 => Gateway.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>The prefix length of one address.</summary>
    public int AddressLength => LengthOf(Gateway);

    /// <summary>How many addresses of the subnet no client can have.</summary>
    public int NeverGiven => !IsIPv4 ? 2 : Subnet.PrefixLength == 31 ? 1 : 3;

    /// <summary>The prefix length of an address of this family.</summary>
    public static int LengthOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;

    /// <summary>Whether a client may have this address: one of the subnet, but neither the gateway's own nor a reserved one.</summary>
    public bool MayAssign(IPAddress address) => Subnet.Contains(address) && !address.Equals(Gateway) && !IsReserved(address);

    /// <summary>
    /// Whether no host has this address of the subnet: with IPv6 the all-zero one, which is every router's (the subnet-router anycast address, RFC 4291
    /// section 2.6.1), with IPv4 the network's own and the broadcast address, which a network of two addresses does not have (RFC 3021).
    /// </summary>
    public bool IsReserved(IPAddress address)
    {
        if (!IsIPv4)
            return address.Equals(Subnet.BaseAddress);

        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        var hosts = uint.MaxValue >> Subnet.PrefixLength;
        return Subnet.PrefixLength < 31 && (BinaryPrimitives.ReadUInt32BigEndian(bytes) & hosts) is var host && (host == 0 || host == hosts);
    }
}
