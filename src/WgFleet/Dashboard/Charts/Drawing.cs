using System.Globalization;
using System.Text;

namespace WgFleet.Dashboard.Charts;

/// <summary>Draws figures as the paths of an SVG: a step to the right for each, gaps where there is none.</summary>
internal static class Drawing
{
    public const int Height = 200;

    /// <summary>The line through the figures, of which <paramref name="top"/> lies at the upper edge; with <paramref name="filled"/> what is below it.</summary>
    public static string Path(IReadOnlyList<double?> values, double top, bool filled)
    {
        var path = new StringBuilder(512);
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { } first)
                continue;

            var (start, at) = (i, Y(first, top));
            path.Append(CultureInfo.InvariantCulture, $"M{i} {at}");
            var level = 0;
            while (i + 1 < values.Count && values[i + 1] is { } next)
            {
                i++;
                var y = Y(next, top);
                level++;
                if (y == at)
                    continue;

                // What stays the same is one step, however long.
                Level(path, level - 1);
                path.Append(CultureInfo.InvariantCulture, $"l1 {y - at}");
                (level, at) = (0, y);
            }

            // One figure alone is to be seen as well.
            Level(path, i == start ? 1 : level);
            if (filled)
                path.Append(CultureInfo.InvariantCulture, $"V{Height}H{start}Z");
        }

        return path.ToString();
    }

    /// <summary>A round number at least as large: 1, 2 or 5 with zeros.</summary>
    public static double Round(double most)
    {
        var power = 1.0;
        while (power * 10 < most)
            power *= 10;

        return most <= power ? power : most <= 2 * power ? 2 * power : most <= 5 * power ? 5 * power : 10 * power;
    }

    /// <summary>A round number of bytes at least as large: a power of two.</summary>
    public static double RoundBytes(double most)
    {
        var power = 1024.0;
        while (power < most)
            power *= 2;

        return power;
    }

    private static int Y(double value, double top) => (int)Math.Round(Height - (Math.Clamp(value / top, 0, 1) * Height));

    private static void Level(StringBuilder path, int steps)
    {
        if (steps > 0)
            path.Append(CultureInfo.InvariantCulture, $"h{steps}");
    }
}
