using WgFleet.WireGuard.Kernel;

namespace WgFleet.WireGuard.Tests.Kernel;

public sealed class NapiThreadsTests : IDisposable
{
    private readonly DirectoryInfo _interfaces = Directory.CreateTempSubdirectory("wg-fleet-");

    private string Switch => Path.Combine(_interfaces.FullName, "wg0", "threaded");

    public void Dispose() => _interfaces.Delete(recursive: true);

    [Theory]
    [InlineData("1\n")]
    [InlineData("2\n")]
    public void The_threads_are_switched_off_where_the_kernel_has_them(string before)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Switch)!);
        File.WriteAllText(Switch, before);

        new NapiThreads(_interfaces.FullName).End("wg0");

        File.ReadAllText(Switch).ShouldBe("0");
    }

    [Fact]
    public void Nothing_is_written_where_the_threads_are_off_already()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Switch)!);
        File.WriteAllText(Switch, "0\n");

        new NapiThreads(_interfaces.FullName).End("wg0");

        File.ReadAllText(Switch).ShouldBe("0\n");
    }

    [Fact]
    public void On_an_older_kernel_without_the_switch_no_file_is_created()
    {
        new NapiThreads(_interfaces.FullName).End("wg0");

        _interfaces.EnumerateFileSystemInfos().ShouldBeEmpty();
    }
}
