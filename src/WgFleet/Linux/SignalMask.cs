using System.Globalization;
using System.Runtime.InteropServices;

namespace WgFleet.Linux;

/// <summary>How a process handles a signal, as proc_pid_status(5) shows it.</summary>
internal static class SignalMask
{
    // HUP, USR1, USR2 and ALRM: by default they end a process (signal(7)), which is not intended here.
    private static readonly int[] Deadly = [1, 10, 12, 14];

    // rt_sigtimedwait(2): while a thread waits in it, the kernel shows the awaited signals as not blocked.
    private static readonly string WaitsForSignal = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "137 " : "128 ";

    /// <summary>
    /// Whether a process has prepared for a signal, so that the signal does not end it by accident: the process catches or ignores the signal, one of its
    /// threads blocks it (to read it from a signalfd, or while another thread waits for it), or its main thread waits for signals. A
    /// program that has just started may not have done this yet.
    /// </summary>
    /// <param name="processId">The process; false if there is none.</param>
    /// <param name="signal">The signal's number.</param>
    public static bool Survives(int processId, int signal)
    {
        if (!Deadly.Contains(signal))
            return true;

        try
        {
            return Directory.EnumerateDirectories($"/proc/{processId}/task").Any(thread => IsPrepared(thread, signal))
                || File.ReadAllText($"/proc/{processId}/syscall").StartsWith(WaitsForSignal, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsPrepared(string thread, int signal) => File.ReadLines(Path.Combine(thread, "status"))
        .Where(line => line.StartsWith("SigBlk:", StringComparison.Ordinal)
            || line.StartsWith("SigIgn:", StringComparison.Ordinal)
            || line.StartsWith("SigCgt:", StringComparison.Ordinal))
        .Any(line => (ulong.Parse(line.AsSpan(7).Trim(), NumberStyles.AllowHexSpecifier) >> (signal - 1) & 1) == 1);
}
