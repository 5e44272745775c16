namespace WgFleet.Dashboard.Charts;

/// <summary>A chart of the last day, ready to be shown; public, as Razor's pages are, which take it as a parameter.</summary>
/// <param name="Id">Tells it from the page's other charts.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Description">What there is to see, in words.</param>
/// <param name="Since">Which time it is about.</param>
/// <param name="Step">How many minutes there are between two points.</param>
/// <param name="Width">The drawing's width; it is <see cref="Drawing.Height"/> high.</param>
/// <param name="Top">What its upper edge stands for.</param>
/// <param name="Middle">What its middle stands for.</param>
/// <param name="Hours">What its lower edge stands for, at five places.</param>
/// <param name="Lines">The lines; none if nothing is known yet.</param>
/// <param name="Rows">The same hour by hour: the time, then a figure of each line.</param>
public sealed record ChartView(
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
/// <param name="Kind">How it looks: the first or the second of a chart.</param>
/// <param name="Path">The line, as SVG says it.</param>
/// <param name="Area">What is below it, as SVG says it; empty if that is not filled.</param>
public sealed record ChartLine(string Name, string Kind, string Path, string Area);
