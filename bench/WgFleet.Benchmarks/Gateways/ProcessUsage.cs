using System.Diagnostics;
using System.Globalization;

namespace WgFleet.Benchmarks.Gateways;

/// <summary>The processor time and memory that a process has used: of all its threads, not of its children. See proc(5).</summary>
/// <param name="Cpu">User and system time, in steps of 10 ms.</param>
/// <param name="Resident">Bytes in memory now.</param>
/// <param name="Peak">The most bytes in memory so far.</param>
internal readonly record struct ProcessUsage(TimeSpan Cpu, long Resident, long Peak)
{
    // USER_HZ is 100 on every Linux that .NET runs on.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    public static ProcessUsage Of(int pid)
    {
        // "pid (name) state parent …", where the name may contain any character; utime and stime are fields 14 and 15.
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);

        var status = File.ReadAllLines($"/proc/{pid}/status");
        return new ProcessUsage(ticks * Tick, Kilobytes(status, "VmRSS:") * 1024, Kilobytes(status, "VmHWM:") * 1024);
    }

    /// <summary>The usage of the interface's wireguard-go; null if there is none, because the kernel has WireGuard.</summary>
    public static ProcessUsage? OfWireGuard(string interfaceName = Gateway.Interface)
    {
        foreach (var process in Process.GetProcessesByName("wireguard-go"))
        {
            if (CommandLine(process.Id).Contains(interfaceName))
                return Of(process.Id);
        }

        return null;
    }

    private static string[] CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return [];
        }
    }

    // A process that is ending has no memory any more and does not have these lines.
    private static long Kilobytes(string[] status, string name) =>
        Array.Find(status, l => l.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? long.Parse(line.AsSpan(name.Length, line.Length - name.Length - "kB".Length), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture)
            : 0;
}
