using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using WgFleet.Config;

namespace WgFleet.Fleets.Commands;

/// <summary>Finds a free address in a fleet's subnet, at random.</summary>
internal static class AddressPool
{
    private const int RandomTries = 64;

    /// <summary>An address that no client has; null when the subnet is full.</summary>
    public static IPAddress? Free(FleetConfig fleet, Func<IPAddress, bool> isTaken, int taken)
    {
        var hostBits = 128 - fleet.Subnet.PrefixLength;
        var network = BinaryPrimitives.ReadUInt128BigEndian(fleet.Subnet.BaseAddress.GetAddressBytes());
        var mask = hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;

        // Two addresses are never assigned: see FleetConfig.MayAssign.
        if (mask < 2 || (UInt128)taken >= mask - 1)
            return null;

        Span<byte> random = stackalloc byte[16];
        for (var i = 0; i < RandomTries; i++)
        {
            RandomNumberGenerator.Fill(random);
            var address = At(network, BinaryPrimitives.ReadUInt128BigEndian(random) & mask);
            if (IsFree(address))
                return address;
        }

        // Only a small subnet can be so full that no random address is free: try all, from a random start.
        RandomNumberGenerator.Fill(random);
        var start = BinaryPrimitives.ReadUInt128BigEndian(random) & mask;
        for (UInt128 step = 0; step <= mask; step++)
        {
            var address = At(network, (start + step) & mask);
            if (IsFree(address))
                return address;
        }

        return null;

        bool IsFree(IPAddress address) =>
            fleet.MayAssign(address) && !isTaken(address);
    }

    private static IPAddress At(UInt128 network, UInt128 host)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, network | host);
        return new IPAddress(bytes);
    }
}
