using System.Runtime.InteropServices;
using WgFleet.Linux;

namespace WgFleet.Tests.Linux;

/// <summary>Alone, since the umask is the whole process's.</summary>
[CollectionDefinition(nameof(UmaskTests), DisableParallelization = true)]
[Collection(nameof(UmaskTests))]
public sealed partial class UmaskTests
{
    [Fact]
    public void The_umask_does_not_change_the_mode_of_a_replaced_file()
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
