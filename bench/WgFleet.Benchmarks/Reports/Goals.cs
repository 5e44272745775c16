namespace WgFleet.Benchmarks.Reports;

/// <summary>The measured values for the goals, in the order in which the scenarios ran.</summary>
internal sealed class Goals
{
    public const string Name = "goals";

    private readonly List<(Goal Goal, double Measured)> _measured = [];

    public static Chart Chart { get; } = new("Measured ÷ goal (goals to be reached: goal ÷ measured); at most 1 is met", [0, 1], [4]);

    public bool Any => _measured.Count > 0;

    public void Add(Goal goal, double measured) => _measured.Add((goal, measured));

    public Table ToTable()
    {
        var table = new Table(["path", "what", "goal", "measured", "measured ÷ goal", "met"]);
        foreach (var (goal, measured) in _measured)
        {
            var ratio = goal.AtLeast ? goal.Bound / measured : measured / goal.Bound;
            table.Add(
            [
                goal.Path, goal.What, $"{(goal.AtLeast ? "≥" : "≤")} {Figure.Number(goal.Bound)}", Figure.Number(measured), Figure.Ratio(ratio),
                ratio <= 1 ? "yes" : "no",
            ]);
        }

        return table;
    }
}
