using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using WgFleet.Hooks;

namespace WgFleet.Linux;

/// <summary>Replaces files atomically: writes a hidden temporary file in the same directory and renames it, so that no reader sees a partial file. The new file
/// has the owner and the group of the old one.</summary>
internal sealed class FileReplacer(TimeProvider time) : IFileReplacer
{
    /// <summary>Age after which a temporary file was left by a crash.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(1);

    /// <summary>0644, because consumers run as other users.</summary>
    private const UnixFileMode DefaultMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly ConcurrentDictionary<string, bool> _swept = new();

    /// <inheritdoc/>
    public bool Replace(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null) => Replace(path, content, mode, out _);

    /// <inheritdoc cref="Replace(string, ReadOnlySpan{byte}, UnixFileMode?)"/>
    /// <param name="stamp">The file that has this content now. A file that another program puts there afterwards has another stamp.</param>
    public bool Replace(string path, ReadOnlySpan<byte> content, UnixFileMode? mode, out Interop.FileStamp? stamp)
    {
        if (!Path.IsPathFullyQualified(path))
            throw new IOException($"cannot replace {path}: not an absolute path");

        try
        {
            var file = RealFile(path);
            if (!Directory.Exists(Path.GetDirectoryName(file)))
                throw new IOException($"directory {Path.GetDirectoryName(file)} does not exist; create it");

            if (!_swept.ContainsKey(file))
                Sweep(file);

            stamp = Interop.StampOf(file);
            if (Holds(file, content))
            {
                RepairMode(file, mode ?? DefaultMode);
                return false;
            }

            stamp = Write(file, content, mode ?? DefaultMode);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(Sentence(path, e.Message), e);
        }
    }

    /// <summary>What <see cref="Replace"/> would throw because this process may not write the file; null if it may, or there is no directory. Writes nothing.</summary>
    public static string? Problem(string path)
    {
        try
        {
            var file = RealFile(path);
            return Directory.Exists(Path.GetDirectoryName(file)) && Interop.WriteProblem(file) is { } why ? Sentence(path, why) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Sentence(path, e.Message);
        }
    }

    private static string Sentence(string path, string why) => $"cannot replace {path}: {why}";

    /// <summary>The target if <paramref name="path"/> is a link: a rename would replace the link.</summary>
    /// <exception cref="IOException">It is a device or a directory, or a link to nothing.</exception>
    public static string RealFile(string path)
    {
        var info = new FileInfo(path);
        if (info.LinkTarget is null)
        {
            // Renaming over a device such as /dev/null would destroy it.
            if (!Interop.IsRegularFile(path) && Path.Exists(path))
                throw new IOException("it is not a regular file");

            return path;
        }

        var target = info.ResolveLinkTarget(returnFinalTarget: true)!;
        if (!target.Exists)
            throw new IOException($"it is a link to {target.FullName}, which does not exist; create that file or remove the link");

        return RealFile(target.FullName);
    }

    /// <summary>Whether the file exists and has exactly this content.</summary>
    public static bool Holds(string file, ReadOnlySpan<byte> content)
    {
        if (!Interop.IsRegularFile(file))
            return false;

        using var handle = File.OpenHandle(file);
        if (RandomAccess.GetLength(handle) != content.Length)
            return false;

        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var compared = 0;
            while (compared < content.Length)
            {
                var read = RandomAccess.Read(handle, buffer, compared);
                if (read == 0 || read > content.Length - compared || !buffer.AsSpan(0, read).SequenceEqual(content.Slice(compared, read)))
                    return false;

                compared += read;
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void RepairMode(string file, UnixFileMode mode)
    {
        if (File.GetUnixFileMode(file) != mode)
            File.SetUnixFileMode(file, mode);
    }

    private static Interop.FileStamp? Write(string file, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        Interop.FileStamp? stamp;
        var directory = Path.GetDirectoryName(file)!;
        var draft = Path.Combine(directory, $".{Path.GetFileName(file)}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.tmp");
        var durable = !Interop.IsInMemory(directory);
        try
        {
            using (var handle = File.OpenHandle(draft, FileMode.CreateNew, FileAccess.Write))
            {
                // An operator has given the file to the group of its reader. Before the mode, because chown takes bits of it away.
                Interop.CopyOwner(file, handle);

                // Set on the handle, because the umask restricts a mode given at creation.
                File.SetUnixFileMode(handle, mode);
                RandomAccess.Write(handle, content, 0);
                if (durable)
                    RandomAccess.FlushToDisk(handle);
            }

            stamp = Interop.StampOf(draft);
            Interop.Rename(draft, file);
        }
        catch (Exception e)
        {
            File.Delete(draft);

            // The message names the file, because the temporary file has another name at each attempt, so that equal causes would have different messages.
            if (e is IOException or UnauthorizedAccessException)
                throw new IOException(e.Message.Replace(draft, file, StringComparison.Ordinal), e);

            throw;
        }

        if (durable)
            Interop.FlushDirectory(directory);

        return stamp;
    }

    /// <summary>Deletes temporary files that a crash has left; runs before the first replacement of a file.</summary>
    private void Sweep(string file)
    {
        var name = Path.GetFileName(file);
        var draft = new Regex($@"\A\.{Regex.Escape(name)}\.[0-9a-f]{{8}}\.tmp\z", RegexOptions.CultureInvariant);
        foreach (var old in new DirectoryInfo(Path.GetDirectoryName(file)!).EnumerateFiles().Where(f => draft.IsMatch(f.Name)))
        {
            if (time.GetUtcNow() - old.LastWriteTimeUtc > Abandoned)
                old.Delete();
        }

        _swept.TryAdd(file, true);
    }
}
