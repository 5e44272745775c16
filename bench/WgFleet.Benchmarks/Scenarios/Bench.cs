using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>The parameters of a scenario: the options of the command line, and the ceiling to show beside its figures.</summary>
internal sealed record Bench
{
    /// <summary>How many callers at a time.</summary>
    public required IReadOnlyList<int> Callers { get; init; }

    /// <summary>The numbers of clients; empty for the defaults of the scenario.</summary>
    public required IReadOnlyList<int> Clients { get; init; }

    /// <summary>The maximum time for one row of a table.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>The maximum number of registrations for one row of a table.</summary>
    public required int Requests { get; init; }

    /// <summary>How often a start is measured, for the median.</summary>
    public required int Repeat { get; init; }

    /// <summary>What has been measured of what the server has to reach.</summary>
    public Goals Goals { get; } = new();

    /// <summary>How often the server is killed.</summary>
    public int Count { get; init; } = 100;

    public Ceiling Ceiling { get; } = new();

    /// <summary>The values of the command line, or else the scenario's defaults.</summary>
    public IReadOnlyList<int> ClientsOr(params int[] byItself) => Clients.Count > 0 ? Clients : byItself;
}
