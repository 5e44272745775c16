using System.Globalization;

namespace WgFleet.Linux;

/// <summary>Signals the process whose id is in a pid file.</summary>
internal static class PidFile
{
    /// <param name="path">The file.</param>
    /// <param name="name">What the process must be called (proc_pid_comm(5)); null for anything.</param>
    /// <param name="signal">The signal's number.</param>
    /// <exception cref="IOException">There is no such file or process, it is another one, or it may not be signaled.</exception>
    public static void Signal(string path, string? name, int signal)
    {
        var processId = Read(path);

        // The handle refers to this process, even if the process ends now and its id is used again.
        using var process = Interop.OpenProcess(processId) ?? throw new IOException($"process {processId} of {path} does not run; start it or remove the file");
        if (name is not null && NameOf(processId) is var actual && actual != name)
            throw new IOException($"process {processId} of {path} is '{actual}' and not '{name}'; remove the file if it is old, or correct 'process'");

        if (!SignalMask.Survives(processId, signal))
            throw new IOException($"process {processId} of {path} would end if it got signal {signal}: it is still starting, or 'signal' is not the one at which it reads its files");

        Interop.SendSignal(process, signal);
    }

    private static int Read(string path)
    {
        string text;
        try
        {
            text = RegularFile.ReadText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot read the pid file: {e.Message}", e);
        }

        return int.TryParse(text.AsSpan().Trim(), NumberStyles.None, null, out var processId) && processId > 0
            ? processId
            : throw new IOException($"{path} does not contain a process id");
    }

    private static string NameOf(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/comm").TrimEnd('\n');
        }
        catch (IOException)
        {
            return "gone";
        }
    }
}
