namespace WgFleet.Hosting;

/// <summary>Whether our output goes to systemd's journal, and the prefixes for its priorities (sd-daemon(3)).</summary>
internal static class Journal
{
    public const int Error = 3;
    public const int Warning = 4;

    /// <summary>
    /// Whether a standard stream goes to the journal: JOURNAL_STREAM has the device and inode of the journal's socket. A child
    /// that inherits the variable may write elsewhere.
    /// </summary>
    /// <param name="descriptor">1 for standard output, 2 for standard error.</param>
    public static bool Reads(int descriptor)
    {
        if (Environment.GetEnvironmentVariable("JOURNAL_STREAM")?.Split(':') is not [_, var inode])
            return false;

        try
        {
            return new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget == $"socket:[{inode}]";
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Prints lines to standard error, with their priority if it goes to the journal.</summary>
    public static void WriteError(int priority, string lines)
    {
        if (Reads(2))
            lines = string.Join('\n', lines.Split('\n').Select(line => $"<{priority}>{line}"));

        Console.Error.WriteLine(lines);
    }
}
