using WgFleet.Linux;

namespace WgFleet.Tunnels;

/// <summary>Reads and writes wg_FLEET.conf. Nobody but the owner can read it at any moment.</summary>
internal static class ConfStore
{
    /// <summary>What is added to the file's name for the copy of the file as it was before its first change.</summary>
    public const string CopySuffix = ".orig";

    // More than any such file; less than memory.
    private const int MaxLength = 1024 * 1024;

    /// <summary>Reads the file; null if there is none.</summary>
    /// <exception cref="TunnelException">The file cannot be read.</exception>
    public static byte[]? Read(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxLength })
                throw new TunnelException($"{path} is damaged: it is longer than {MaxLength / 1024} KiB; restore it from a backup");

            return RegularFile.ReadBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TunnelException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Writes the file whole or not at all, after keeping a copy of the one it replaces unless there is a copy.</summary>
    /// <exception cref="TunnelException">The file or the copy cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var copy = path + CopySuffix;
            if (File.Exists(path) && !File.Exists(copy))
                Replace(copy, RegularFile.ReadBytes(path));

            Replace(path, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TunnelException($"{path} cannot be written: {e.Message}", e);
        }
    }

    private static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        var draft = $"{path}.{Guid.NewGuid():N}.tmp";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        try
        {
            using (var file = new FileStream(draft, options))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            File.SetUnixFileMode(draft, UnixFileMode.UserRead);
            File.Move(draft, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Discard(draft);

            // The message names the file: the temporary file has another name at each attempt, so that equal causes would have different messages.
            throw new IOException(e.Message.Replace(draft, path, StringComparison.Ordinal), e);
        }
    }

    private static void Discard(string draft)
    {
        try
        {
            File.Delete(draft);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The operator has to know why the file could not be written, and that is thrown already.
        }
    }
}
