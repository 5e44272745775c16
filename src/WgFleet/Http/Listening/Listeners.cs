using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WgFleet.Access;
using WgFleet.Hosting;
using WgFleet.Linux;

namespace WgFleet.Http.Listening;

/// <summary>
/// The sockets that the server listens on. They are bound before anything else happens, so that a second server fails on the
/// port before it changes anything. They begin to listen when everything is ready, and stay open during a reload.
/// </summary>
internal sealed class Listeners : IDisposable
{
    // ip(7) and linux/in6.h: bind to an address that no interface has yet, or that is still being probed for (RFC 4862).
    private const int LevelIp = 0;
    private const int LevelIp6 = 41;
    private const int Ip4FreeBind = 15;
    private const int Ip6FreeBind = 78;

    private readonly List<(IPEndPoint EndPoint, Socket Socket)> _bound = [];
    private readonly int _plain;
    private readonly CertificateFiles? _certificate;
    private readonly AdminSocket? _admin;
    private readonly PersistentListeners _kept;

    /// <param name="endPoints">The addresses of <c>listen</c>.</param>
    /// <param name="adminSocket">The path of the admin socket; null for none.</param>
    /// <param name="secure">The addresses of <c>tls.listen</c>.</param>
    /// <param name="certificate">The certificate for TLS; null for none.</param>
    /// <param name="log">Gets a line about refused connections.</param>
    /// <remarks>Blocks for up to a second per address that is taken.</remarks>
    /// <exception cref="StartupException">An address is taken, or may not be used.</exception>
    public Listeners(IReadOnlyList<IPEndPoint> endPoints, string? adminSocket = null, IReadOnlyList<IPEndPoint>? secure = null, CertificateFiles? certificate = null, ILogger? log = null)
    {
        (_plain, _certificate) = (endPoints.Count, certificate);
        foreach (var endPoint in endPoints.Concat(secure ?? []))
        {
            var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                // Not one listener for both families, so that IPv4 clients have IPv4 addresses.
                if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                    socket.DualMode = false;

                // A fleet's own address comes with its interface, which is made later.
                var (level, option) = endPoint.AddressFamily == AddressFamily.InterNetworkV6 ? (LevelIp6, Ip6FreeBind) : (LevelIp, Ip4FreeBind);
                socket.SetRawSocketOption(level, option, BitConverter.GetBytes(1));
                if (!Leftovers.Take(() => TryBind(socket, endPoint)))
                    throw new SocketException((int)SocketError.AddressAlreadyInUse);

                _bound.Add((endPoint, socket));
            }
            catch (SocketException e)
            {
                socket.Dispose();
                Dispose();
                throw new StartupException($"cannot listen on {endPoint}: {Reason(e)}", e);
            }
        }

        // After the ports: a second server has failed by now, and does not take the socket from the first.
        _admin = adminSocket is null ? null : new AdminSocket(adminSocket);
        _kept = new PersistentListeners(
            new SocketTransportFactory(Options.Create(new SocketTransportOptions { CreateBoundListenSocket = Bound }), NullLoggerFactory.Instance),
            ConnectionLimits.ForThisProcess(),
            log ?? NullLogger.Instance);
    }

    /// <summary>The addresses that no interface of this machine has yet, so that nobody can reach them.</summary>
    public IEnumerable<IPEndPoint> Waiting
    {
        get
        {
            var here = NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address).ToHashSet();
            return [.. _bound.Select(b => b.EndPoint).Where(e => !IPAddress.IsLoopback(e.Address) && !e.Address.Equals(IPAddress.Any) && !e.Address.Equals(IPAddress.IPv6Any) && !here.Contains(e.Address))];
        }
    }

    /// <summary>Why there is no admin socket; null if there is one.</summary>
    public string? NoAdmin => _admin?.Problem;

    /// <summary>Makes the server accept connections from these sockets only.</summary>
    /// <param name="host">The server.</param>
    /// <param name="proxies">The proxies that may open as many connections as there are places for.</param>
    public void Use(IWebHostBuilder host, TrustedProxies proxies)
    {
        _kept.Limits.Proxies = proxies;
        host.ConfigureServices(services => services.RemoveAll<IConnectionListenerFactory>().AddSingleton<IConnectionListenerFactory>(_kept));
        host.ConfigureKestrel(kestrel =>
        {
            foreach (var (index, (_, socket)) in _bound.Index())
            {
                kestrel.Listen((IPEndPoint)socket.LocalEndPoint!, listener =>
                {
                    if (index >= _plain)
                        listener.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(_certificate!.Options) });
                });
            }

            if (_admin?.Socket is not null)
                kestrel.ListenUnixSocket(_admin.FilePath);
        });
    }

    /// <summary>Closes all sockets.</summary>
    public void Dispose()
    {
        _kept?.Dispose();
        _bound.ForEach(b => b.Socket.Dispose());
        _admin?.Dispose();
    }

    private static bool TryBind(Socket socket, IPEndPoint endPoint)
    {
        try
        {
            socket.Bind(endPoint);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }

    private Socket Bound(EndPoint wanted) =>
        wanted is UnixDomainSocketEndPoint ? _admin!.Socket! : _bound.Find(b => b.Socket.LocalEndPoint!.Equals(wanted)).Socket;

    private static string Reason(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "another program listens there; stop it, or set 'listen' in the config",
        SocketError.AddressNotAvailable => "no machine can have the address; set 'listen' in the config",
        SocketError.AccessDenied => "this needs root, or CAP_NET_BIND_SERVICE",
        _ => e.Message,
    };
}
