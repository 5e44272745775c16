namespace WgFleet.Linux.Secrets;

/// <summary>Reads files with secrets, which only their owner may open. No error message contains any of a file's content.</summary>
internal static class SecretText
{
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Reads the beginning of a file; returns how many bytes. Blocks for the file system.</summary>
    /// <param name="path">The file.</param>
    /// <param name="buffer">Gets the bytes; the caller overwrites it after use.</param>
    /// <exception cref="IOException">The file is missing, cannot be read, or others may open it: a sentence for the operator.</exception>
    public static int Read(string path, Span<byte> buffer)
    {
        // Checked before it is opened, because opening a pipe waits for a writer.
        if (!Interop.IsRegularFile(path))
            throw new IOException(Path.Exists(path) ? $"secret file {path} is not a regular file" : $"there is no secret file {path}");

        try
        {
            using var file = File.OpenHandle(path);
            var mode = File.GetUnixFileMode(file);
            if ((mode & ~OwnersOnly) != 0)
                throw new IOException($"secret file {path} is open to others (mode {Convert.ToString((int)mode, 8).PadLeft(4, '0')}): chmod 600 {path}");

            var length = 0;
            while (length < buffer.Length && RandomAccess.Read(file, buffer[length..], length) is var read and > 0)
                length += read;

            return length;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"secret file {path} cannot be read: {e.Message}", e);
        }
    }
}
