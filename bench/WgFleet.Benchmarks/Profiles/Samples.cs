using System.Diagnostics;
using System.Globalization;

namespace WgFleet.Benchmarks.Profiles;

/// <summary>Samples of where a process spends processor time, taken by perf(1), and what share of them each place has.</summary>
internal sealed class Samples
{
    private readonly Dictionary<string, int> _areas = [];
    private readonly Dictionary<string, int> _inclusive = [];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The environment with which .NET tells perf the names of what it compiles.</summary>
    public static IReadOnlyList<(string Name, string Value)> Environment { get; } = [("DOTNET_PerfMapEnabled", "1"), ("DOTNET_EnableWriteXorExecute", "0")];

    /// <summary>Begins to take samples of a process into a file; they end when perf is told to, or the process does.</summary>
    public static Process Record(int pid, string file) => Process.Start(new ProcessStartInfo("perf", ["record", "-q", "-o", file, "-F", "499", "-g", "-p", $"{pid}"])
    {
        RedirectStandardError = true,
        RedirectStandardOutput = true,
    })!;

    /// <summary>Reads a file of perf's. Names are found only on the machine, and in the namespaces, where it was made.</summary>
    public static async Task<Samples> ReadAsync(string file, CancellationToken cancellationToken)
    {
        using var script = Process.Start(new ProcessStartInfo("perf", ["script", "-i", file, "-F", "comm,ip,sym,dso"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        script.BeginErrorReadLine();
        var samples = new Samples();
        var frames = new List<Frame>();
        while (await script.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                samples.Add(frames);
                frames.Clear();
            }
            else if (char.IsWhiteSpace(line[0]))
            {
                frames.Add(Frame.Read(line));
            }
        }

        samples.Add(frames);
        return samples;
    }

    /// <summary>What was running itself, by program part: each sample counts once.</summary>
    public IEnumerable<(string Area, double Share)> Areas() => Shares(_areas);

    /// <summary>What was running itself or had called what was.</summary>
    public IEnumerable<(string Name, double Share)> Inclusive() => Shares(_inclusive);

    private IEnumerable<(string, double)> Shares(Dictionary<string, int> counts) =>
        counts.OrderByDescending(c => c.Value).Select(c => (c.Key, (double)c.Value / Count));

    private void Add(List<Frame> frames)
    {
        if (frames.Count == 0)
            return;

        Count++;
        _areas[frames[0].Area] = _areas.GetValueOrDefault(frames[0].Area) + 1;
        foreach (var name in frames.Where(f => f.Name is not null).Select(f => f.Name!).Distinct())
            _inclusive[name] = _inclusive.GetValueOrDefault(name) + 1;
    }

    /// <summary>One call in a sample: the part of the program that it belongs to, and its name if it has one.</summary>
    private readonly record struct Frame(string Area, string? Name)
    {
        // "    7f63… name of the method (file)", where a method has blanks and brackets of its own.
        public static Frame Read(string line)
        {
            var text = line.Trim();
            text = text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            var bracket = text.LastIndexOf(" (", StringComparison.Ordinal);
            var file = Path.GetFileName(text[(bracket + 2)..].TrimEnd(')'));
            var symbol = text[..bracket];

            if (file.Contains("kernel", StringComparison.Ordinal))
                return new Frame("kernel", symbol.StartsWith("__x64_sys_", StringComparison.Ordinal) ? symbol.Replace("__x64_sys_", "system call ", StringComparison.Ordinal) : null);

            if (Managed(symbol) is { } managed)
                return managed;

            var name = symbol.Length == 0 || symbol == "[unknown]" ? null : $"{file}: {symbol}";
            return new Frame(file.StartsWith("perf-", StringComparison.Ordinal) || file.StartsWith("[JIT]", StringComparison.Ordinal) ? "compiled code" : file, name);
        }

        // "instance void [Assembly] Namespace.Type::Method(arguments)[Tier]".
        private static Frame? Managed(string symbol)
        {
            var colons = symbol.IndexOf("::", StringComparison.Ordinal);
            var open = colons < 0 ? -1 : symbol.LastIndexOf('[', colons);
            while (open > 0 && !symbol.AsSpan(open, colons - open).Contains("] ", StringComparison.Ordinal))
                open = symbol.LastIndexOf('[', open - 1);

            if (open < 0)
                return null;

            var close = symbol.IndexOf(']', open);
            var assembly = symbol[(open + 1)..close];
            var end = symbol.IndexOf('(', colons);
            return new Frame(assembly + ".dll", symbol[(close + 2)..(end < 0 ? symbol.Length : end)]);
        }
    }

    /// <summary>A share as it is printed.</summary>
    public static string Percent(double share) => share.ToString("0.0%", CultureInfo.InvariantCulture);
}
