using System.Net;
using System.Net.Sockets;
using WgFleet.Http.Listening;

namespace WgFleet.Tests.Http.Listening;

public class AdminSocketTests
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public void The_socket_has_mode_0600_in_a_directory_that_everybody_may_enter()
    {
        using var folder = new Folder();
        using var socket = new AdminSocket(folder.File("run/admin.sock"));

        socket.Problem.ShouldBeNull();
        File.GetUnixFileMode(folder.File("run/admin.sock")).ShouldBe(Owner);
        Convert.ToString((int)File.GetUnixFileMode(folder.File("run")), 8).ShouldBe("755");
    }

    [Fact]
    public void A_socket_left_by_a_killed_server_is_replaced()
    {
        using var folder = new Folder();
        var path = folder.File("admin.sock");

        // .NET removes the file of a socket that it disposes of; a killed process does not get that far.
        using (var left = new AdminSocket(folder.File("first.sock")))
        {
            File.Move(folder.File("first.sock"), path);
        }

        using var socket = new AdminSocket(path);

        socket.Problem.ShouldBeNull();
        socket.Socket!.Listen();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(path));
    }

    [Fact]
    public void The_socket_of_a_running_server_is_not_taken_over()
    {
        using var folder = new Folder();
        using var first = new AdminSocket(folder.File("admin.sock"));
        first.Socket!.Listen();

        using (var second = new AdminSocket(folder.File("admin.sock")))
        {
            second.Socket.ShouldBeNull();
            second.Problem.ShouldNotBeNull().ShouldContain("another server listens");
        }

        File.Exists(folder.File("admin.sock")).ShouldBeTrue();
    }

    [Fact]
    public void A_file_that_is_not_a_socket_is_not_replaced()
    {
        using var folder = new Folder();
        File.WriteAllText(folder.File("admin.sock"), "");

        using var socket = new AdminSocket(folder.File("admin.sock"));

        socket.Problem.ShouldNotBeNull().ShouldContain("not a socket");
        File.Exists(folder.File("admin.sock")).ShouldBeTrue();
    }

    [Fact]
    public void If_the_socket_cannot_be_created_the_server_gives_the_reason_and_still_binds_its_ports()
    {
        using var listeners = new Listeners([new IPEndPoint(IPAddress.Loopback, 0)], "/proc/nowhere/admin.sock");
        using var tooLong = new Listeners([new IPEndPoint(IPAddress.Loopback, 0)], $"/tmp/{new string('x', 200)}");

        listeners.NoAdmin.ShouldNotBeNullOrEmpty();
        tooLong.NoAdmin.ShouldNotBeNullOrEmpty();
    }
}
