using System.Globalization;

namespace WgFleet.Linux;

/// <summary>What a process does about a signal, as proc_pid_status(5) shows it.</summary>
internal static class SignalMask
{
    // HUP, USR1, USR2 and ALRM: by default they end a process, which is not what they are sent for (signal(7)).
    private static readonly int[] Deadly = [1, 10, 12, 14];

    /// <summary>
    /// Whether a signal that is not sent to end a process does not end it by accident: the process catches, blocks (as who reads a signalfd) or ignores
    /// it. A program that has just started may not have come to that yet.
    /// </summary>
    /// <param name="processId">The process; false if there is none.</param>
    /// <param name="signal">The signal's number.</param>
    public static bool Survives(int processId, int signal)
    {
        if (!Deadly.Contains(signal))
            return true;

        try
        {
            return File.ReadLines($"/proc/{processId}/status")
                .Where(line => line.StartsWith("SigBlk:", StringComparison.Ordinal)
                    || line.StartsWith("SigIgn:", StringComparison.Ordinal)
                    || line.StartsWith("SigCgt:", StringComparison.Ordinal))
                .Any(line => (ulong.Parse(line.AsSpan(7).Trim(), NumberStyles.AllowHexSpecifier) >> (signal - 1) & 1) == 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
