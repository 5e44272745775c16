using System.Buffers;
using System.Text;
using WgFleet.Linux;

namespace WgFleet.Config.Yaml;

/// <summary>Reads a text file that people write; adds an error if it cannot be read, is too large, or is not text.</summary>
internal static class TextFile
{
    // Control characters that YAML does not allow, and the replacement character that the decoder makes of invalid UTF-8.
    private static readonly SearchValues<char> NotText =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c).Except(['\t', '\n', '\r']), '\u007f', '\ufffd']);

    /// <summary>The text; null if there is an error. Blocks for the disk.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">The largest size, in MiB.</param>
    /// <param name="otherwise">What to do if there is no such file, besides creating it: "name another with --config FILE".</param>
    /// <param name="findings">Gets the error.</param>
    public static string? Read(string path, int most, string otherwise, Diagnostics findings)
    {
        try
        {
            if (Directory.Exists(path))
            {
                findings.Unreadable("is a directory, name the file in it");
                return null;
            }

            if (Path.Exists(path) && !Interop.IsRegularFile(path))
            {
                findings.Unreadable("is not a regular file, name one");
                return null;
            }

            using var file = File.OpenRead(path);
            var bytes = new byte[(most << 20) + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length < bytes.Length)
                return Decode(bytes.AsSpan(0, length), findings);

            findings.Unreadable($"is larger than {most} MiB, make it smaller");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            findings.Unreadable($"there is no such file, create it or {otherwise}");
        }
        catch (UnauthorizedAccessException)
        {
            findings.Unreadable($"may not be read by user {Environment.UserName}, change its owner or mode");
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            findings.Unreadable($"cannot be read: {e.Message}");
        }

        return null;
    }

    /// <summary>The text of bytes in UTF-8, without a byte order mark; null if there is an error.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes, Diagnostics findings)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];

        var text = Encoding.UTF8.GetString(bytes);

        // A parser would take a NUL for the end of the file and read no further.
        var bad = text.AsSpan().IndexOfAny(NotText);
        if (bad < 0)
            return text;

        var before = text.AsSpan(0, bad);
        findings.Unreadable("not UTF-8 text from here, save the file as UTF-8 without control characters", before.Count('\n') + 1,
            bad - before.LastIndexOf('\n'));
        return null;
    }
}
