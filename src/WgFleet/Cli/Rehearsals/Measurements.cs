using System.Diagnostics;

namespace WgFleet.Cli.Rehearsals;

/// <summary>How the requests of the machines went. Safe for concurrent use.</summary>
internal sealed class Measurements
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Kind> _kinds = new() { [RequestKinds.Register] = new(), [RequestKinds.Name] = new(), [RequestKinds.Ping] = new() };

    /// <summary>Notes a request.</summary>
    /// <param name="kind">One of <see cref="RequestKinds"/>.</param>
    /// <param name="begin">When it was sent, as <see cref="Stopwatch.GetTimestamp"/> counts.</param>
    /// <param name="status">The status of its answer; null if there was none.</param>
    public void Add(string kind, long begin, int? status)
    {
        var wait = Stopwatch.GetElapsedTime(begin);
        lock (_gate)
        {
            var all = _kinds[kind];
            all.Count++;
            if (status is null)
                all.Unanswered++;
            else
                all.Waits.Add(wait);

            if (status is >= 400 and < 500)
                all.Refused++;
            else if (status is not (null or 200))
                all.Failed++;
        }
    }

    /// <summary>Each kind of request, with how long those waited that were answered.</summary>
    public IReadOnlyList<RequestReport> Report()
    {
        lock (_gate)
            return [.. _kinds.Where(k => k.Value.Count > 0).Select(k => k.Value.Report(k.Key))];
    }

    private sealed class Kind
    {
        public int Count { get; set; }

        public int Unanswered { get; set; }

        public int Refused { get; set; }

        public int Failed { get; set; }

        public List<TimeSpan> Waits { get; } = [];

        public RequestReport Report(string name)
        {
            var spread = Spread.Of(Waits);
            return new(name, Count, Failed, Refused, Unanswered, spread.P50, spread.P99, spread.Longest);
        }
    }
}

/// <summary>The kinds of requests, as the report calls them.</summary>
internal static class RequestKinds
{
    public const string Register = "register";

    /// <summary>The first ping after a registration, which sets the name.</summary>
    public const string Name = "first ping";

    public const string Ping = "ping";
}

/// <summary>How some times are spread, in seconds; all are 0 if there are none.</summary>
/// <param name="P50">What half of them do not exceed.</param>
/// <param name="P99">What 99 % of them do not exceed.</param>
/// <param name="Longest">The longest.</param>
internal sealed record Spread(double P50, double P99, double Longest)
{
    public static Spread Of(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        return new(At(50), At(99), At(100));

        double At(int percent) => sorted.Count == 0 ? 0 : Math.Round(sorted[Math.Max(0, (int)Math.Ceiling(sorted.Count * percent / 100.0) - 1)].TotalSeconds, 4);
    }
}
