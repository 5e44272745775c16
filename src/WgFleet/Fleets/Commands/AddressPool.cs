using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using WgFleet.Config;

namespace WgFleet.Fleets.Commands;

/// <summary>Finds a free address in a network of a fleet, at random.</summary>
internal static class AddressPool
{
    private const int RandomTries = 64;

    /// <summary>An address that no client has; null when the subnet is full.</summary>
    /// <param name="network">The network.</param>
    /// <param name="isTaken">Whether a client has an address.</param>
    /// <param name="taken">How many addresses of the network clients have.</param>
    public static IPAddress? Free(FleetNetwork network, Func<IPAddress, bool> isTaken, int taken)
    {
        Span<byte> random = stackalloc byte[16];
        random.Clear();
        var length = network.AddressLength / 8;
        network.Subnet.BaseAddress.TryWriteBytes(random[^length..], out _);
        var first = BinaryPrimitives.ReadUInt128BigEndian(random);
        var hostBits = network.AddressLength - network.Subnet.PrefixLength;
        var mask = hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;

        var neverGiven = (UInt128)network.NeverGiven;
        if (mask < neverGiven || (UInt128)taken >= mask - (neverGiven - 1))
            return null;

        for (var i = 0; i < RandomTries; i++)
        {
            RandomNumberGenerator.Fill(random);
            var address = At(first | (BinaryPrimitives.ReadUInt128BigEndian(random) & mask), length);
            if (IsFree(address))
                return address;
        }

        // Only a small subnet can be so full that no random address is free: try all, from a random start.
        RandomNumberGenerator.Fill(random);
        var start = BinaryPrimitives.ReadUInt128BigEndian(random) & mask;
        for (UInt128 step = 0; step <= mask; step++)
        {
            var address = At(first | ((start + step) & mask), length);
            if (IsFree(address))
                return address;
        }

        return null;

        bool IsFree(IPAddress address) =>
            network.MayAssign(address) && !isTaken(address);
    }

    private static IPAddress At(UInt128 address, int length)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        return new IPAddress(bytes[^length..]);
    }
}
