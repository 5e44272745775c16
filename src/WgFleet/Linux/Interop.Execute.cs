using System.Runtime.InteropServices;

namespace WgFleet.Linux;

/// <summary>Lets another program take over this process.</summary>
internal static partial class Interop
{
    private const int SigPipe = 13;

    /// <summary>
    /// execv(3): the program runs in this process from now on, with its terminal, environment and process id. Returns only if that fails.
    /// </summary>
    /// <param name="program">A path; PATH is not used.</param>
    /// <param name="arguments">The arguments, the program's name first.</param>
    /// <returns>Why the program cannot run.</returns>
    public static unsafe IOException Execute(string program, IReadOnlyList<string> arguments)
    {
        var argv = Strings(arguments);

        // .NET ignores SIGPIPE, and an ignored signal stays ignored after an exec.
        var before = SysSignal(SigPipe, 0);
        _ = SysExecv(program, argv);
        var error = LastError(program);
        _ = SysSignal(SigPipe, before);
        Free(argv);
        return error;
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int SysExecv(string program, nint* argv);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SysSignal(int signal, nint handler);
}
