namespace WgFleet.Cli.Output;

/// <summary>Output that cannot be written, such as to a full disk, ends a command with one line instead of a stack.</summary>
internal static class OutputFault
{
    /// <summary>Runs a command; returns its exit code, or that of a failure if its output cannot be written.</summary>
    /// <param name="isServer">Whether the command runs the server, whose faults have other causes.</param>
    /// <param name="command">The command.</param>
    public static int Guard(bool isServer, Func<int> command)
    {
        try
        {
            return command();
        }
        catch (IOException e) when (!isServer && e is not HttpIOException)
        {
            Tell(e.Message);
            return ExitCode.Failure;
        }
    }

    private static void Tell(string reason)
    {
        try
        {
            Console.Error.WriteLine($"wg-fleet: the output cannot be written: {Table.Plain(reason)}");
        }
        catch (IOException)
        {
            // Nobody reads this either; the exit code says it.
        }
    }
}
