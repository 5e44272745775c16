using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace WgFleet.Http;

/// <summary>
/// The sockets the server listens on. They are bound before anything else is touched, so that a second server finds its
/// port taken before it does harm, and begin to listen when everything is ready.
/// </summary>
internal sealed class Listeners : IDisposable
{
    private readonly List<(IPEndPoint EndPoint, Socket Socket)> _bound = [];

    /// <exception cref="StartupException">An address is taken or not of this machine.</exception>
    public Listeners(IReadOnlyList<IPEndPoint> endPoints)
    {
        foreach (var endPoint in endPoints)
        {
            var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                // Two listeners, not one for both: IPv4 clients are seen by their IPv4 addresses.
                if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                    socket.DualMode = false;

                socket.Bind(endPoint);
                _bound.Add((endPoint, socket));
            }
            catch (SocketException e)
            {
                socket.Dispose();
                Dispose();
                throw new StartupException($"cannot listen on {endPoint}: {Reason(e)}", e);
            }
        }
    }

    public void Use(KestrelServerOptions kestrel, SocketTransportOptions transport)
    {
        foreach (var (_, socket) in _bound)
            kestrel.Listen((IPEndPoint)socket.LocalEndPoint!);

        transport.CreateBoundListenSocket = wanted => _bound.Find(b => b.Socket.LocalEndPoint!.Equals(wanted)).Socket;
    }

    public void Dispose() => _bound.ForEach(b => b.Socket.Dispose());

    private static string Reason(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "another program listens there; stop it, or set 'listen' in the config",
        SocketError.AddressNotAvailable => "this machine does not have the address; set 'listen' in the config",
        SocketError.AccessDenied => "it takes root, or CAP_NET_BIND_SERVICE",
        _ => e.Message,
    };
}
