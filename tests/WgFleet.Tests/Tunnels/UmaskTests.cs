using System.Runtime.InteropServices;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Tests.Tunnels;

/// <summary>Alone, because the umask is the whole process's.</summary>
[Collection(nameof(UmaskTests))]
[CollectionDefinition(nameof(UmaskTests), DisableParallelization = true)]
public partial class UmaskTests
{
    /// <summary>What .NET says of a file that was renamed since it was listed.</summary>
    private const UnixFileMode Gone = (UnixFileMode)(-1);

    [Fact]
    public void Under_no_umask_at_all_the_key_is_never_readable_by_others_not_even_for_a_moment()
    {
        using var folder = new Folder();
        var path = folder.File("wg_alpha.conf");
        var conf = TunnelConf.New(Some.Fleet("alpha", "fd00:a::/64").Tunnel, PrivateKey.Generate(), path);
        var seen = new HashSet<UnixFileMode>();
        using var done = new ManualResetEventSlim();
        var watcher = new Thread(() =>
        {
            while (!done.IsSet)
            {
                foreach (var file in new DirectoryInfo(folder.Path).EnumerateFiles())
                {
                    lock (seen)
                        seen.Add(file.UnixFileMode);
                }
            }
        });
        var before = Umask(0);
        watcher.Start();
        try
        {
            for (var i = 0; i < 50; i++)
                conf.Write();
        }
        finally
        {
            _ = Umask(before);
            done.Set();
            watcher.Join();
        }

        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead);
        seen.Remove(Gone);
        seen.ShouldNotBeEmpty();
        seen.ShouldAllBe(mode => (mode & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) == 0);
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint Umask(uint mask);
}
