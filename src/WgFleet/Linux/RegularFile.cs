namespace WgFleet.Linux;

/// <summary>
/// Reads files that people name, and refuses at once what is not a regular file: opening a pipe waits until somebody writes to it, and a device may have no end.
/// All methods block for the file system, and throw what <see cref="File"/> throws.
/// </summary>
internal static class RegularFile
{
    /// <exception cref="IOException">Something else than a regular file is at the path. That nothing is there is not an error.</exception>
    public static void Check(string path)
    {
        if (Path.Exists(path) && !Interop.IsRegularFile(path))
            throw new IOException($"{path} is not a regular file");
    }

    /// <exception cref="IOException">It is not a regular file, or cannot be read.</exception>
    public static FileStream OpenRead(string path)
    {
        Check(path);
        return File.OpenRead(path);
    }

    /// <exception cref="IOException">It is not a regular file, or cannot be read.</exception>
    public static string ReadText(string path)
    {
        Check(path);
        return File.ReadAllText(path);
    }

    /// <exception cref="IOException">It is not a regular file, or cannot be read.</exception>
    public static byte[] ReadBytes(string path)
    {
        Check(path);
        return File.ReadAllBytes(path);
    }
}
