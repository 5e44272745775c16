using System.Diagnostics;
using System.Globalization;

namespace WgFleet.Benchmarks.Profiles;

/// <summary>Samples of where a process spends its processor time, taken by perf(1), and the share of each part and method.</summary>
internal sealed class Samples
{
    private readonly Dictionary<string, int> _areas = [];
    private readonly Dictionary<string, int> _inclusive = [];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The environment variables that make .NET tell perf the names of compiled methods.</summary>
    public static IReadOnlyList<(string Name, string Value)> Environment { get; } = [("DOTNET_PerfMapEnabled", "1"), ("DOTNET_EnableWriteXorExecute", "0")];

    /// <summary>Starts perf, which writes samples of a process into a file until it is told to stop or the process ends.</summary>
    public static Process Record(int pid, string file) =>
        Process.Start(new ProcessStartInfo("perf", ["record", "-q", "-o", file, "-F", "499", "-g", "-p", $"{pid}"])
    {
        RedirectStandardError = true,
        RedirectStandardOutput = true,
    })!;

    /// <summary>Reads a file of perf. Names are found only on the same machine and in the same namespaces.</summary>
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

    /// <summary>The share of each part of the program that was running. Each sample counts once.</summary>
    public IEnumerable<(string Area, double Share)> Areas() => Shares(_areas);

    /// <summary>The share of each method that was running, or had called the method that was.</summary>
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

    /// <summary>One call in a sample: the part of the program, and the name of the method if it is known.</summary>
    private readonly record struct Frame(string Area, string? Name)
    {
        // "    7f63… name of the method (file)", where the name may contain spaces and brackets.
        public static Frame Read(string line)
        {
            var text = line.Trim();
            text = text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            var bracket = text.LastIndexOf(" (", StringComparison.Ordinal);
            var file = Path.GetFileName(text[(bracket + 2)..].TrimEnd(')'));
            var symbol = text[..bracket];

            if (file.Contains("kernel", StringComparison.Ordinal))
                return new Frame("kernel", symbol.StartsWith("__x64_sys_", StringComparison.Ordinal)
                    ? symbol.Replace("__x64_sys_", "system call ", StringComparison.Ordinal) : null);

            if (Managed(symbol) is { } managed)
                return managed;

            var name = symbol.Length == 0 || symbol == "[unknown]" ? null : $"{file}: {symbol}";
            return new Frame(
                file.StartsWith("perf-", StringComparison.Ordinal) || file.StartsWith("[JIT]", StringComparison.Ordinal) ? "compiled code" : file, name);
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

    /// <summary>Formats a share in percent.</summary>
    public static string Percent(double share) => share.ToString("0.0%", CultureInfo.InvariantCulture);
}
