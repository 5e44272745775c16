using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Tests.Netlink;

/// <summary>The real socket, asking nothing: so no answer ever comes.</summary>
public class NetlinkSocketTests
{
    [Fact(Timeout = 30_000)]
    public async Task Cancelling_ends_the_wait_for_a_datagram_and_the_next_wait_is_a_new_one()
    {
        using var socket = new NetlinkSocket(NetlinkConstants.RouteProtocol);

        for (var i = 0; i < 2; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var receive = Task.Run(() => socket.Receive(new byte[100], cancellation.Token));
            await cancellation.CancelAsync();

            await Should.ThrowAsync<OperationCanceledException>(receive);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Disposing_ends_the_wait_for_a_datagram()
    {
        var socket = new NetlinkSocket(NetlinkConstants.RouteProtocol);
        var receive = Task.Run(() => socket.Receive(new byte[100], CancellationToken.None));

        socket.Dispose();

        await Should.ThrowAsync<ObjectDisposedException>(receive);
    }
}
