namespace WgFleet.Dashboard.Charts;

/// <summary>A chart of the last hours, ready to be shown.</summary>
/// <param name="Id">Unique on the page.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Description">The same in words, for those who do not see it.</param>
/// <param name="Since">The time that it spans, in words.</param>
/// <param name="Step">Minutes between two points.</param>
/// <param name="Width">The width of the drawing; the height is <see cref="Drawing.Height"/>.</param>
/// <param name="Top">The label of the upper edge.</param>
/// <param name="Middle">The label of the middle.</param>
/// <param name="Hours">Five labels of the time axis.</param>
/// <param name="Lines">The lines; none if there is nothing to draw yet.</param>
/// <param name="Rows">The same hour by hour, the latest first: the time, then a value for each line.</param>
internal sealed record ChartView(
    string Id,
    string Title,
    string Description,
    string Since,
    int Step,
    int Width,
    string Top,
    string Middle,
    IReadOnlyList<string> Hours,
    IReadOnlyList<ChartLine> Lines,
    IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>One line of a chart.</summary>
/// <param name="Name">What it stands for.</param>
/// <param name="Kind">Its CSS class: first or second.</param>
/// <param name="Path">The SVG path of the line.</param>
/// <param name="Area">The SVG path of the area below it; empty if that is not filled.</param>
internal sealed record ChartLine(string Name, string Kind, string Path, string Area);
