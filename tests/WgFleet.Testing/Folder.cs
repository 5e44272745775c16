using System.Diagnostics;

namespace WgFleet.Testing;

/// <summary>A directory for one test, optionally on a small file system of its own. It is deleted afterwards.</summary>
internal sealed class Folder : IDisposable
{
    private readonly bool _mounted;

    public Folder() => Path = Directory.CreateTempSubdirectory("wg-fleet-hooks-").FullName;

    private Folder(string size)
        : this()
    {
        Command("mount", "-t", "tmpfs", "-o", $"size={size},mode=0755", "wg-fleet-test", Path);
        _mounted = true;
    }

    public string Path { get; }

    /// <summary>Mounts a tmpfs of this size, which needs root.</summary>
    public static Folder OfSize(string size) => new(size);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The names of all files, including hidden ones.</summary>
    public IReadOnlyList<string> Names() => [.. new DirectoryInfo(Path).EnumerateFileSystemInfos().Select(f => f.Name).Order(StringComparer.Ordinal)];

    public void Remount(string option) => Command("mount", "-o", $"remount,{option}", Path);

    public void Dispose()
    {
        if (_mounted)
            Command("umount", "--lazy", Path);

        // A hook that still runs after its server has stopped may still create a file in it.
        for (var attempt = 1; Directory.Exists(Path); attempt++)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
            }
            catch (IOException) when (attempt < 100)
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    private static void Command(string name, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{name} {string.Join(' ', arguments)}: {error}");
    }
}
