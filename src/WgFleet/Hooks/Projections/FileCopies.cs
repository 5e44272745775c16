using WgFleet.Linux;

namespace WgFleet.Hooks.Projections;

/// <summary>
/// Copies of what others have put into files of ours: .NAME.before, then .NAME.before.2 and so on, beside the file. Their names begin with a dot, because
/// some programs read all other files of a directory.
/// </summary>
internal static class FileCopies
{
    /// <summary>How many a file has. When there are that many, the last one is replaced.</summary>
    private const int Limit = 10;

    /// <summary>Keeps a content; returns the path of the copy, or null if there is one already.</summary>
    /// <exception cref="IOException">It cannot be kept.</exception>
    public static string? Keep(FileReplacer files, string path, ReadOnlySpan<byte> content)
    {
        var file = FileReplacer.RealFile(path);
        var name = Path.Combine(Path.GetDirectoryName(file)!, $".{Path.GetFileName(file)}.before");
        for (var i = 1; ; i++)
        {
            var copy = i == 1 ? name : $"{name}.{i}";
            if (i == Limit || !File.Exists(copy) || FileReplacer.Holds(copy, content))
                return files.Replace(copy, content, File.GetUnixFileMode(file)) ? copy : null;
        }
    }
}
