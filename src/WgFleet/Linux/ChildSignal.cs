using System.Runtime.InteropServices;

namespace WgFleet.Linux;

/// <summary>
/// SIGCHLD, which tells that a child has ended. At this signal .NET reaps the children of <see cref="System.Diagnostics.Process"/>, but all children if
/// it is process 1 or if its parent ignored the signal: the exit status of a program that we have started is lost then. If nobody
/// handles an ignored SIGCHLD, the kernel itself reaps all children (sigaction(2)).
/// </summary>
internal static partial class ChildSignal
{
    private const int SigChld = 17;

    // Kept, because .NET would install its handler again after the last registration has been disposed.
    private static PosixSignalRegistration? _registration;

    /// <summary>
    /// After this only our own code, such as <see cref="ExecChild"/>, reaps children. <see cref="System.Diagnostics.Process"/> cannot be used any more: it would
    /// not be notified of the end of its child.
    /// </summary>
    public static void TakeFromRuntime()
    {
        _registration ??= PosixSignalRegistration.Create(PosixSignal.SIGCHLD, static _ => { });
        _ = SysSignal(SigChld, 0);
    }

    /// <param name="signal">The signal.</param>
    /// <param name="handler">SIG_DFL, which is 0.</param>
    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SysSignal(int signal, nint handler);
}
