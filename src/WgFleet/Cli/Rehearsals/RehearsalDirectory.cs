using System.Text.RegularExpressions;
using WgFleet.Config;

namespace WgFleet.Cli.Rehearsals;

/// <summary>
/// The directory of a rehearsal, beside the real database so that the rehearsal's is on the same disk. It is locked while the rehearsal runs, so that the next one can tell
/// which directories were left behind, as a loss of power does. Blocks for the file system.
/// </summary>
internal sealed partial class RehearsalDirectory : IDisposable
{
    private const string Lock = "lock";
    private const string Elsewhere = "/var/tmp";
    private readonly FileStream _lock;

    private RehearsalDirectory(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    /// <summary>Makes a new one, and removes those that nobody uses any more.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static RehearsalDirectory Make(ServerConfig config)
    {
        var parent = System.IO.Path.GetDirectoryName(config.Database) is { } beside && Directory.Exists(beside) && !IsInMemory(beside) ? beside : Elsewhere;
        RemoveLeft(parent);

        var made = Directory.CreateDirectory(System.IO.Path.Combine(parent, $"rehearsal-{Guid.NewGuid():N}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new RehearsalDirectory(made.FullName, new FileStream(System.IO.Path.Combine(made.FullName, Lock), FileMode.CreateNew, FileAccess.Write, FileShare.None));
    }

    public void Dispose()
    {
        // Usually it is gone already, see RehearsalProcess.
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);

        _lock.Dispose();
    }

    // Where anybody can make files, what looks like ours may be a trap.
    private static void RemoveLeft(string parent)
    {
        if (parent == Elsewhere)
            return;

        foreach (var path in Directory.GetDirectories(parent, "rehearsal-*").Where(p => Name().IsMatch(System.IO.Path.GetFileName(p)) && IsLeft(p)))
            Directory.Delete(path, recursive: true);
    }

    // The rehearsal has a /run of its own, which hides this one.
    private static bool IsInMemory(string path) => $"{path}/".StartsWith("/run/", StringComparison.Ordinal) || $"{path}/".StartsWith("/var/run/", StringComparison.Ordinal);

    private static bool IsLeft(string path)
    {
        try
        {
            using var held = new FileStream(System.IO.Path.Combine(path, Lock), FileMode.Open, FileAccess.Write, FileShare.None);
            return true;
        }
        catch (FileNotFoundException)
        {
            // It is being made or removed at this moment, or its removal was interrupted.
            return DateTime.UtcNow - Directory.GetLastWriteTimeUtc(path) > TimeSpan.FromHours(1);
        }
        catch (IOException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"\Arehearsal-[0-9a-f]{32}\z")]
    private static partial Regex Name();
}
