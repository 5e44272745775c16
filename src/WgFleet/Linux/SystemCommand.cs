using System.Collections;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace WgFleet.Linux;

/// <summary>
/// Runs a program of the system, such as systemctl or wg-quick, in a session of its own, and waits for it. Processes that it leaves behind keep running. In place
/// of <see cref="System.Diagnostics.Process"/>, see <see cref="ChildSignal"/>.
/// </summary>
internal static class SystemCommand
{
    private const int MaxOutput = 16 * 1024 * 1024;

    /// <summary>Runs the program with our environment.</summary>
    /// <param name="program">A path, or a name that PATH finds.</param>
    /// <param name="arguments">The arguments after the program's name.</param>
    /// <param name="cancellationToken">Kills the program with its process group.</param>
    /// <param name="input">Becomes its standard input; null for none.</param>
    /// <exception cref="IOException">It could not be started; the message is the system's.</exception>
    /// <exception cref="OperationCanceledException">It was killed.</exception>
    public static async Task<CommandResult> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken, SafeFileHandle? input = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var nothing = File.OpenHandle("/dev/null");

        // A file in memory and not a pipe: a process that the program leaves behind may write to it at any time.
        using var output = Interop.MemoryFile("output");
        var child = ExecChild.Start(Find(program), [program, .. arguments], OurEnvironment(), input ?? nothing, output);
        try
        {
            await child.Ended.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            child.SignalGroup(Interop.SigKill);
            child.ReapLater();
            throw;
        }

        return new CommandResult(child.Reap(), Text(output));
    }

    /// <summary>This process's environment, NAME=value.</summary>
    public static string[] OurEnvironment() =>
        [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => $"{variable.Key}={variable.Value}")];

    /// <summary>The path of a program: itself if it has a slash, or the first that PATH finds.</summary>
    /// <exception cref="IOException">PATH does not find it.</exception>
    public static string Find(string program) => program.Contains('/')
        ? program
        : (Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists) ?? throw new IOException($"{program}: No such file or directory");

    private static string Text(SafeFileHandle output)
    {
        var bytes = new byte[Math.Min(RandomAccess.GetLength(output), MaxOutput)];
        return Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(output, bytes, 0));
    }
}

/// <summary>How a command ended.</summary>
/// <param name="Status">Its exit status.</param>
/// <param name="Output">The first 16 MiB of what it has printed on both outputs.</param>
internal sealed record CommandResult(ExitStatus Status, string Output)
{
    /// <summary>"exit code 1", "signal 9"; null if it ended with 0.</summary>
    public string? Failure => Status.Code switch
    {
        0 => null,
        { } code => $"exit code {code}",
        null => Status.ToString(),
    };
}
