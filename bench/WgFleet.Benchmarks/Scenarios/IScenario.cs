using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>A scenario in which the server is measured. It ends by itself and removes everything that it made.</summary>
internal interface IScenario
{
    /// <summary>The name on the command line, and in the marks of docs/performance.md.</summary>
    string Name { get; }

    /// <summary>The columns of its table.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>The chart of its table.</summary>
    Chart Chart { get; }

    /// <summary>Measures, and adds each row as soon as it is measured.</summary>
    Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken);
}
