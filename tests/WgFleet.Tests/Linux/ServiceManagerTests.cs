using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using WgFleet.Linux;

namespace WgFleet.Tests.Linux;

public sealed class ServiceManagerTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Start_reload_and_stop_are_reported_to_systemd_over_a_path_or_an_abstract_socket(bool isAbstract)
    {
        var name = isAbstract ? $"@wg-fleet-{Guid.NewGuid():N}" : _folder.File("notify");
        using var systemd = Listen(name);
        using var service = new ServiceManager(name);

        service.Ready("1 fleet,\n2 clients");
        Next(systemd).ShouldBe("READY=1\nSTATUS=1 fleet, 2 clients");

        var before = Stopwatch.GetTimestamp() / 1000;
        service.Reloading();
        var reloading = Next(systemd).Split('\n');
        reloading[0].ShouldBe("RELOADING=1");
        reloading[1].ShouldStartWith("MONOTONIC_USEC=");
        long.Parse(reloading[1].Split('=')[1], CultureInfo.InvariantCulture).ShouldBeInRange(before, Stopwatch.GetTimestamp() / 1000);

        service.Stopping();
        Next(systemd).ShouldStartWith("STOPPING=1\n");
    }

    [Fact]
    public void The_watchdog_is_notified_often_enough()
    {
        using var systemd = Listen(_folder.File("notify"));
        using var service = new ServiceManager(_folder.File("notify"), TimeSpan.FromMilliseconds(300));

        service.StayAlive();

        for (var i = 0; i < 3; i++)
            Next(systemd).ShouldBe("WATCHDOG=1");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/nonexistent/notify")]
    [InlineData("vsock:2:1234")]
    public void Without_a_service_manager_nothing_is_sent(string? address)
    {
        using var service = new ServiceManager(address, TimeSpan.FromSeconds(1));

        service.Ready("ready");
        service.StayAlive();
        service.Stopping();
    }

    private static Socket Listen(string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 30_000 };
        socket.Bind(new UnixDomainSocketEndPoint(name[0] == '@' ? '\0' + name[1..] : name));
        return socket;
    }

    private static string Next(Socket socket)
    {
        var buffer = new byte[1024];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
