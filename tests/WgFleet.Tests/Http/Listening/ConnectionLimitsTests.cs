using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WgFleet.Access;
using WgFleet.Http.Listening;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Listening;

public class ConnectionLimitsTests
{
    [Fact]
    public void One_source_gets_a_share_of_the_connections_and_proxies_on_the_gateway_get_all()
    {
        var limits = new ConnectionLimits(max: 5, maxPerSource: 2);
        var (one, other) = (IPAddress.Parse("fd00:a::1"), IPAddress.Parse("192.0.2.1"));

        limits.TryEnter(one).ShouldBeTrue();
        limits.TryEnter(one).ShouldBeTrue();
        limits.TryEnter(one).ShouldBeFalse();
        limits.TryEnter(other).ShouldBeTrue();
        limits.TryEnter(IPAddress.Loopback).ShouldBeTrue();
        limits.TryEnter(IPAddress.IPv6Loopback).ShouldBeTrue();
        limits.TryEnter(IPAddress.Loopback).ShouldBeFalse();
        limits.Leave(one);
        limits.TryEnter(one).ShouldBeTrue();
        limits.Open.ShouldBe(5);
    }

    [Fact]
    public void A_trusted_proxy_gets_all_connections_and_has_a_share_again_when_a_reload_no_longer_trusts_it()
    {
        var limits = new ConnectionLimits(max: 4, maxPerSource: 1) { Proxies = new TrustedProxies([IPNetwork.Parse("192.0.2.0/24")]) };
        var proxy = IPAddress.Parse("192.0.2.1");

        limits.TryEnter(proxy).ShouldBeTrue();
        limits.TryEnter(proxy).ShouldBeTrue();
        limits.Proxies = new TrustedProxies([]);
        limits.TryEnter(proxy).ShouldBeFalse();
        limits.Leave(proxy);
        limits.TryEnter(proxy).ShouldBeFalse();
        limits.Leave(proxy);
        limits.TryEnter(proxy).ShouldBeTrue();
        limits.Open.ShouldBe(1);
    }

    [Fact]
    public void Many_sources_together_leave_room_for_the_first_connections_of_another()
    {
        var limits = new ConnectionLimits(max: 80, maxPerSource: 20);
        foreach (var source in Enumerable.Range(1, 5).Select(i => IPAddress.Parse($"192.0.2.{i}")))
        {
            while (limits.TryEnter(source))
            {
            }
        }

        // Seventy, and the first two of the fifth source.
        limits.Open.ShouldBe(72);
        var newcomer = IPAddress.Parse("192.0.2.9");
        limits.TryEnter(newcomer).ShouldBeTrue();
        limits.TryEnter(newcomer).ShouldBeTrue();
        limits.TryEnter(newcomer).ShouldBeFalse();
        limits.TryEnter(IPAddress.Loopback).ShouldBeTrue();
    }

    [Theory]
    [InlineData(1024, 768)]
    [InlineData(524_288, 16_384)]
    [InlineData(100, 64)]
    public void Connections_leave_file_descriptors_for_the_database_hooks_and_the_admin_socket(long files, int max) => ConnectionLimits.For(files).Max.ShouldBe(max);

    [Fact]
    public async Task A_connection_over_the_limit_is_closed_and_a_closed_one_makes_room()
    {
        var limits = new ConnectionLimits(max: 2, maxPerSource: 2);
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions { CreateBoundListenSocket = _ => bound }), NullLoggerFactory.Instance);
        using var listeners = new PersistentListeners(transport, limits, NullLogger.Instance);
        var listener = await listeners.BindAsync(bound.LocalEndPoint!, Ct);
        var accepted = new ConcurrentQueue<ConnectionContext>();
        var accepting = Task.Run(async () =>
        {
            while (await listener.AcceptAsync(Ct) is { } connection)
                accepted.Enqueue(connection);
        }, Ct);

        using var first = await ConnectAsync(bound);
        using var second = await ConnectAsync(bound);
        (await IsClosedAsync(bound)).ShouldBeTrue();

        first.Close();
        await Eventually.True(() => limits.Open == 1);
        using var fourth = await ConnectAsync(bound);
        await Eventually.True(() => accepted.Count == 3);

        await listener.UnbindAsync(Ct);
        await accepting;
        foreach (var connection in accepted)
            await connection.DisposeAsync();
    }

    private static async Task<Socket> ConnectAsync(Socket server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.LocalEndPoint!, Ct);
        return socket;
    }

    // The reset may come while the connection is still being reported as made.
    private static async Task<bool> IsClosedAsync(Socket server)
    {
        try
        {
            using var socket = await ConnectAsync(server);
            return await socket.ReceiveAsync(new byte[1], Ct).AsTask().WaitAsync(TimeSpan.FromMinutes(3), Ct) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
