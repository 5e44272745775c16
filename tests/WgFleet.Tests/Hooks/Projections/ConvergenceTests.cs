using WgFleet.Config;
using WgFleet.Hooks.Projections;

namespace WgFleet.Tests.Hooks.Projections;

/// <summary>A file that is wrong becomes right by itself, whatever made it wrong.</summary>
public sealed class ConvergenceTests
{
    private static readonly TimeSpan Resync = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task The_file_is_written_after_a_full_disk_without_a_new_event()
    {
        using var folder = Folder.OfSize("64k");
        await using var stage = Begin(folder);
        await stage.StartAsync();
        File.WriteAllBytes(folder.File("ballast"), new byte[48 * 1024]);
        for (var i = 0; i < 1000; i++)
            stage.World.AddQuietly("alpha", $"client-number-{i}");

        stage.Time.Advance(TimeSpan.FromSeconds(1));
        stage.Hooks.Publish(stage.World.Rename("last"));
        (await stage.AwaitProjectionsAsync()).ShouldBeFalse();
        File.ReadAllText(folder.File("hosts")).ShouldBe("\n");

        File.Delete(folder.File("ballast"));

        await HealsAsync(stage, folder, text => text.EndsWith(" last.alpha.example.test\n", StringComparison.Ordinal));
        folder.Names().ShouldBe(["hosts"]);
    }

    [Fact]
    public async Task The_file_is_written_once_its_directory_exists()
    {
        using var folder = new Folder();
        await using var stage = new Stage(new HooksConfig(), null, World.Config(folder.File("later/hosts")), typeof(HostsFile));
        stage.World.Add("alpha", "a1");
        (await stage.StartAsync()).ShouldBeFalse();

        Directory.CreateDirectory(folder.File("later"));

        await Eventually.True(() => File.Exists(folder.File("later/hosts")), () => stage.Time.Advance(TimeSpan.FromMilliseconds(5)));
        File.ReadAllText(folder.File("later/hosts")).ShouldBe("fd00:1::1 a1.alpha.example.test\n");
    }

    [Fact]
    public async Task The_file_is_written_once_a_read_only_file_system_is_writable_again()
    {
        using var folder = Folder.OfSize("64k");
        await using var stage = Begin(folder);
        await stage.StartAsync();
        folder.Remount("ro");
        stage.Time.Advance(TimeSpan.FromSeconds(1));
        stage.Hooks.Publish(stage.World.Add("alpha", "a1"));
        (await stage.AwaitProjectionsAsync()).ShouldBeFalse();

        folder.Remount("rw");

        await HealsAsync(stage, folder, text => text == "fd00:1::1 a1.alpha.example.test\n");
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("edited")]
    [InlineData("emptied")]
    [InlineData("hidden from others")]
    public async Task A_file_changed_by_hand_is_repaired_by_the_resync(string how)
    {
        using var folder = new Folder();
        await using var stage = Begin(folder);
        stage.World.Add("alpha", "a1");
        await stage.StartAsync();
        var (path, right) = (folder.File("hosts"), "fd00:1::1 a1.alpha.example.test\n");
        File.ReadAllText(path).ShouldBe(right);

        switch (how)
        {
            case "deleted": File.Delete(path); break;
            case "edited": File.WriteAllText(path, right.Replace('1', '2')); break;
            case "emptied": File.WriteAllText(path, ""); break;
            default: File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite); break;
        }

        stage.Time.Advance(Resync);

        await Eventually.True(() => File.Exists(path) && File.ReadAllText(path) == right && File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherRead));
    }

    [Fact]
    public async Task A_resync_does_not_write_a_file_that_is_right()
    {
        using var folder = new Folder();
        await using var stage = Begin(folder);
        await stage.StartAsync();
        var longAgo = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(folder.File("hosts"), longAgo);

        stage.Time.Advance(Resync);
        await Eventually.True(() => stage.Status("hosts_file").Runs == 2);

        File.GetLastWriteTimeUtc(folder.File("hosts")).ShouldBe(longAgo);
    }

    private static Stage Begin(Folder folder) => new(new HooksConfig(), null, World.Config(folder.File("hosts")), typeof(HostsFile));

    private static async Task HealsAsync(Stage stage, Folder folder, Func<string, bool> right) =>
        await Eventually.True(() => right(File.ReadAllText(folder.File("hosts"))), () => stage.Time.Advance(TimeSpan.FromMilliseconds(5)));
}
