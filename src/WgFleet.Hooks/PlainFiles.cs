namespace WgFleet.Hooks;

/// <summary>Replaces files in a program: by a temporary file in the same directory and a rename.</summary>
internal sealed class PlainFiles : IFileReplacer
{
    private const UnixFileMode DefaultMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <inheritdoc/>
    public bool Replace(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null)
    {
        if (!Path.IsPathFullyQualified(path))
            throw new IOException($"cannot replace {path}: not an absolute path");

        try
        {
            var file = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
            if (File.Exists(file) && content.SequenceEqual(File.ReadAllBytes(file)))
                return false;

            var temporary = Path.Combine(Path.GetDirectoryName(file)!, $".{Path.GetFileName(file)}.{Guid.NewGuid().ToString("N")[..8]}.tmp");
            try
            {
                using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
                {
                    stream.Write(content);
                    stream.Flush(flushToDisk: true);
                }

                File.SetUnixFileMode(temporary, mode ?? DefaultMode);
                File.Move(temporary, file, overwrite: true);
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                File.Delete(temporary);

                // The temporary file has another name at each attempt, so that equal causes would have different messages.
                throw new IOException($"cannot replace {path}: {e.Message.Replace(temporary, file, StringComparison.Ordinal)}", e);
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"cannot replace {path}: {e.Message}", e);
        }
    }
}
