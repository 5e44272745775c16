using System.Globalization;
using System.Runtime.InteropServices;

namespace WgFleet.Benchmarks.Reports;

/// <summary>Describes the machine and the load under which figures were measured: without this they mean nothing.</summary>
internal static class Circumstances
{
    /// <summary>The environment variable in which bench/run passes the commit that it has built.</summary>
    public const string CommitVariable = "WG_FLEET_COMMIT";

    public static string Now()
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
        var folder = new DriveInfo(Path.GetTempPath());
        return string.Create(CultureInfo.InvariantCulture, $"""
            Measured {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC at commit {Environment.GetEnvironmentVariable(CommitVariable) ?? "unknown"}, {RuntimeInformation.FrameworkDescription}, Linux {Environment.OSVersion.Version},
            {Environment.ProcessorCount} × {processor ?? "processor"}, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0} GB, database on {folder.DriveFormat}; load average before: {LoadAverage()}.

            """);
    }

    private static string LoadAverage() => string.Join(" ", File.ReadAllText("/proc/loadavg").Split(' ').Take(3));
}
