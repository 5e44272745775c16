using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>Something the server goes through while it is measured; ends by itself and leaves nothing behind.</summary>
internal interface IScenario
{
    /// <summary>The word it is asked for by, and by which docs/performance.md finds its table.</summary>
    string Name { get; }

    /// <summary>What its table's columns are.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>What of it is drawn.</summary>
    Chart Chart { get; }

    /// <summary>Measures, and adds a row as soon as it has one.</summary>
    Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken);
}
