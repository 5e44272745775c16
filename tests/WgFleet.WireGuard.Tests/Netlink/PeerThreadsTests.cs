using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Tests.Netlink;

public sealed class PeerThreadsTests : IDisposable
{
    private readonly DirectoryInfo _interfaces = Directory.CreateTempSubdirectory("wg-fleet-");

    private string Switch => Path.Combine(_interfaces.FullName, "wg0", "threaded");

    public void Dispose() => _interfaces.Delete(recursive: true);

    [Theory]
    [InlineData("1\n")]
    [InlineData("2\n")]
    public void They_are_ended_where_the_kernel_has_them(string before)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Switch)!);
        File.WriteAllText(Switch, before);

        new PeerThreads(_interfaces.FullName).End("wg0");

        File.ReadAllText(Switch).ShouldBe("0");
    }

    [Fact]
    public void Nothing_is_written_where_they_are_off_already()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Switch)!);
        File.WriteAllText(Switch, "0\n");

        new PeerThreads(_interfaces.FullName).End("wg0");

        File.ReadAllText(Switch).ShouldBe("0\n");
    }

    [Fact]
    public void An_older_kernel_has_no_such_switch_and_none_is_made()
    {
        new PeerThreads(_interfaces.FullName).End("wg0");

        _interfaces.EnumerateFileSystemInfos().ShouldBeEmpty();
    }
}
