using System.Net;
using System.Net.Sockets;

namespace WgFleet.WireGuard.Links;

/// <summary>Finds out whether a UDP port is free, by binding it as WireGuard does: for IPv4 and for IPv6, on every address.</summary>
internal static class UdpPort
{
    public static bool IsFree(int port) => IsFree(IPAddress.Any, port) && IsFree(IPAddress.IPv6Any, port);

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = false;

            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException e)
        {
            // Where one family is switched off, WireGuard works with the other.
            return e.SocketErrorCode != SocketError.AddressAlreadyInUse;
        }
    }
}
