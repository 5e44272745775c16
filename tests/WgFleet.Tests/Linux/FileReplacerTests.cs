using System.Runtime.InteropServices;
using System.Text;
using WgFleet.Linux;

namespace WgFleet.Tests.Linux;

public sealed partial class FileReplacerTests : IDisposable
{
    private const UnixFileMode Default = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly FileReplacer _files = new(TimeProvider.System);
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/")]
    [InlineData("/proc")]
    [InlineData("/dev")]
    [InlineData("/dev/shm")]
    [InlineData("/run")]
    [InlineData("/no/such/directory")]
    public void A_file_system_in_memory_is_told_from_others(string directory) =>
        Interop.IsInMemory(directory).ShouldBe(Directory.Exists(directory) && new DriveInfo(directory).DriveFormat is "tmpfs" or "devtmpfs" or "ramfs");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64 * 1024)]
    [InlineData(1_000_000)]
    public void The_file_has_exactly_the_content_and_no_other_file_is_left(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        var path = _folder.File("hosts");

        _files.Replace(path, content).ShouldBeTrue();

        File.ReadAllBytes(path).ShouldBe(content);
        _folder.Names().ShouldBe(["hosts"]);
    }

    [Theory]
    [InlineData("old", "new")]
    [InlineData("old", "older")]
    [InlineData("old", "ol")]
    [InlineData("old", "")]
    [InlineData("", "new")]
    public void Changed_content_is_written(string old, string young)
    {
        var path = _folder.File("hosts");
        File.WriteAllText(path, old);

        _files.Replace(path, Encoding.ASCII.GetBytes(young)).ShouldBeTrue();

        File.ReadAllText(path).ShouldBe(young);
    }

    [Fact]
    public void A_full_disk_fails_with_the_same_message_each_time()
    {
        using var small = Folder.OfSize("64k");
        var messages = Enumerable.Range(0, 2).Select(_ => Should.Throw<IOException>(() => _files.Replace(small.File("hosts"), new byte[1_000_000])).Message).ToList();

        messages[0].ShouldBe(messages[1]);
        messages[0].ShouldNotContain(".tmp");
        messages[0].ShouldContain(small.File("hosts"));
    }

    [Fact]
    public void Unchanged_content_is_not_written()
    {
        var path = _folder.File("hosts");
        _files.Replace(path, "same"u8);
        var longAgo = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, longAgo);
        using var inode = File.OpenRead(path);

        _files.Replace(path, "same"u8).ShouldBeFalse();

        File.GetLastWriteTimeUtc(path).ShouldBe(longAgo);
        // The open file is still the one of that name: what is written to the name is seen here.
        File.WriteAllText(path, "seen");
        new StreamReader(inode).ReadToEnd().ShouldBe("seen");
    }

    [Fact]
    public void A_wrong_mode_is_repaired_although_the_content_is_right()
    {
        var path = _folder.File("hosts");
        _files.Replace(path, "a"u8);
        File.SetUnixFileMode(path, UnixFileMode.UserRead);

        _files.Replace(path, "a"u8).ShouldBeFalse();
        File.GetUnixFileMode(path).ShouldBe(Default);

        _files.Replace(path, "b"u8, UnixFileMode.UserRead);
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead);
    }

    [Fact]
    public async Task A_constant_reader_never_sees_half_a_file()
    {
        var path = _folder.File("hosts");
        var versions = "ab".Select(c => Encoding.ASCII.GetBytes(new string(c, 300_000))).ToArray();
        _files.Replace(path, versions[0]);
        using var done = new CancellationTokenSource();
        var read = 0;
        var reader = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                var seen = File.ReadAllBytes(path);
                seen.Length.ShouldBe(300_000);
                seen.AsSpan().IndexOfAnyExcept(seen[0]).ShouldBe(-1);
                Interlocked.Increment(ref read);
            }
        }, Stage.Ct);

        for (var i = 1; i <= 200 || (Volatile.Read(ref read) < 20 && !reader.IsCompleted); i++)
            _files.Replace(path, versions[i % 2]);

        await done.CancelAsync();
        await reader;
    }

    [Fact]
    public void The_target_of_a_link_is_replaced_and_the_link_stays()
    {
        Directory.CreateDirectory(_folder.File("real"));
        File.WriteAllText(_folder.File("real/hosts"), "old");
        File.CreateSymbolicLink(_folder.File("link"), "real/hosts");
        File.CreateSymbolicLink(_folder.File("hosts"), _folder.File("link"));

        _files.Replace(_folder.File("hosts"), "new"u8).ShouldBeTrue();

        File.ReadAllText(_folder.File("real/hosts")).ShouldBe("new");
        new FileInfo(_folder.File("hosts")).LinkTarget.ShouldBe(_folder.File("link"));
        new FileInfo(_folder.File("link")).LinkTarget.ShouldBe("real/hosts");
    }

    [Fact]
    public void A_dangling_link_is_refused()
    {
        File.CreateSymbolicLink(_folder.File("hosts"), _folder.File("gone"));

        var error = Should.Throw<IOException>(() => _files.Replace(_folder.File("hosts"), "new"u8));

        error.Message.ShouldContain("create that file or remove the link");
        _folder.Names().ShouldBe(["hosts"]);
    }

    [Fact]
    public void A_file_that_is_not_regular_is_refused()
    {
        var fifo = _folder.File("fifo");
        MakeFifo(fifo, 0x1A4).ShouldBe(0);
        Directory.CreateDirectory(_folder.File("folder"));

        foreach (var path in new[] { fifo, _folder.File("folder"), "/dev/null" })
            Should.Throw<IOException>(() => _files.Replace(path, "x"u8)).Message.ShouldBe($"cannot replace {path}: it is not a regular file");
    }

    [Fact]
    public void A_relative_path_and_a_missing_directory_are_refused_with_what_to_do()
    {
        Should.Throw<IOException>(() => _files.Replace("hosts", "x"u8)).Message.ShouldBe("cannot replace hosts: not an absolute path");
        Should.Throw<IOException>(() => _files.Replace(_folder.File("no/hosts"), "x"u8)).Message
            .ShouldBe($"cannot replace {_folder.File("no/hosts")}: directory {_folder.File("no")} does not exist; create it");
    }

    [Fact]
    public void A_full_disk_leaves_the_old_file_and_no_temporary_file()
    {
        using var small = Folder.OfSize("64k");
        var path = small.File("hosts");
        _files.Replace(path, "old"u8);

        Should.Throw<IOException>(() => _files.Replace(path, new byte[200_000]));

        File.ReadAllText(path).ShouldBe("old");
        small.Names().ShouldBe(["hosts"]);
    }

    [Fact]
    public void A_read_only_file_system_is_an_IOException_that_names_the_file()
    {
        using var small = Folder.OfSize("64k");
        small.Remount("ro");

        Should.Throw<IOException>(() => _files.Replace(small.File("hosts"), "x"u8)).Message.ShouldContain("Read-only file system");
    }

    [Fact]
    public void Temporary_files_of_a_crash_are_deleted_at_first_use_and_no_others()
    {
        var (old, young) = (DateTime.UtcNow.AddMinutes(-2), DateTime.UtcNow);
        string[] stay = ["hosts.tmp", ".hosts.tmp", ".hosts.0123456.tmp", ".hosts.0123456g.tmp", ".hostsX01234567.tmp", ".other.01234567.tmp"];
        foreach (var name in (string[])[.. stay, ".hosts.01234567.tmp"])
        {
            File.WriteAllText(_folder.File(name), "");
            File.SetLastWriteTimeUtc(_folder.File(name), old);
        }

        File.WriteAllText(_folder.File(".hosts.89abcdef.tmp"), "");
        File.SetLastWriteTimeUtc(_folder.File(".hosts.89abcdef.tmp"), young);

        _files.Replace(_folder.File("hosts"), "x"u8);

        _folder.Names().ShouldBe(((string[])[.. stay, ".hosts.89abcdef.tmp", "hosts"]).Order(StringComparer.Ordinal));
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);
}
