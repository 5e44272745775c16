using System.Net;
using System.Net.Sockets;
using WgFleet.Hosting;
using WgFleet.Http.Listening;
using WgFleet.Linux;

namespace WgFleet.Tests.Linux;

public sealed class LeftoversTests
{
    [Fact]
    public void What_is_held_for_a_moment_longer_is_taken_when_it_is_free()
    {
        var attempts = 0;

        Leftovers.Take(() => ++attempts == 3).ShouldBeTrue();

        attempts.ShouldBe(3);
    }

    [Fact]
    public void What_stays_held_is_given_up()
    {
        var attempts = 0;

        Leftovers.Take(() => ++attempts < 0).ShouldBeFalse();

        attempts.ShouldBe(20);
    }

    [Fact]
    public async Task A_port_that_a_killed_server_still_holds_is_taken_when_it_is_free()
    {
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        held.Listen(1);
        var port = (IPEndPoint)held.LocalEndPoint!;
        Should.Throw<StartupException>(() => new Listeners([port])).Message.ShouldStartWith($"cannot listen on {port}: another program listens there");

        var taking = Task.Run(() => new Listeners([port]), Ct);
        held.Dispose();

        (await taking.WaitAsync(Ct)).Dispose();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
