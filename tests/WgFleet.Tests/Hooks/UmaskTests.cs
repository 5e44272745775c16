using System.Runtime.InteropServices;
using WgFleet.Linux;

namespace WgFleet.Tests.Hooks;

/// <summary>Alone, since the umask is the whole process's.</summary>
[CollectionDefinition(nameof(UmaskTests), DisableParallelization = true)]
[Collection(nameof(UmaskTests))]
public sealed partial class UmaskTests
{
    [Fact]
    public void A_strict_umask_does_not_cut_the_mode()
    {
        using var folder = new Folder();
        var before = Umask(0b111_111);
        try
        {
            File.WriteAllText(folder.File("plain"), "");
            new FileReplacer(TimeProvider.System).Replace(folder.File("hosts"), "a"u8);
        }
        finally
        {
            _ = Umask(before);
        }

        File.GetUnixFileMode(folder.File("plain")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(folder.File("hosts")).ShouldBe(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint Umask(uint mask);
}
