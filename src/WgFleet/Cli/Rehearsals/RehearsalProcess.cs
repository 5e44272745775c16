using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;
using WgFleet.Cli.Output;
using WgFleet.Linux;

namespace WgFleet.Cli.Rehearsals;

/// <summary>
/// Runs this program again as the first process of new namespaces. When this process ends, however it ends, the first process sees the end of its input and ends too; with
/// it the kernel ends all processes of the rehearsal and removes its interfaces and mounts, and then a shell removes its directory.
/// </summary>
internal static class RehearsalProcess
{
    /// <summary>How long the end may take.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    private const string ThenRemove = """directory=$1; shift; "$@"; code=$?; rm -rf -- "$directory"; exit $code""";

    /// <summary>Runs it to its end; returns its exit code.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="directory">The directory that is removed after it.</param>
    /// <param name="stopping">Ends it.</param>
    /// <exception cref="IOException">It cannot be started.</exception>
    public static async Task<int> RunAsync(IEnumerable<string> arguments, string directory, CancellationToken stopping)
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        using var output = new SafeFileHandle(1, ownsHandle: false);
        using var errors = new SafeFileHandle(2, ownsHandle: false);
        var child = ExecChild.Start(
            SystemCommand.Find("sh"), ["sh", "-c", ThenRemove, "sh", directory, SystemCommand.Find("unshare"), .. Sandbox.Namespaces, "--", Environment.ProcessPath!, .. arguments],
            SystemCommand.OurEnvironment(), pipe.ClientSafePipeHandle, output, error: errors);
        pipe.DisposeLocalCopyOfClientHandle();
        try
        {
            await child.Ended.WaitAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            await pipe.DisposeAsync();
            if (await Task.WhenAny(child.Ended, Task.Delay(EndLimit, CancellationToken.None)) != child.Ended)
                child.KillSession();

            await child.Ended;
            child.Reap();
            return ExitCode.Interrupted;
        }

        return child.Reap().Code ?? ExitCode.Failure;
    }
}
