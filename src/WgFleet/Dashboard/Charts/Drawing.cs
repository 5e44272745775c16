using System.Text;

namespace WgFleet.Dashboard.Charts;

/// <summary>Draws values as SVG paths: one unit to the right for each value, and a gap where a value is missing.</summary>
internal static class Drawing
{
    public const int Height = 200;

    /// <summary>The line through the values.</summary>
    /// <param name="values">The values; null where there is none.</param>
    /// <param name="top">The value at the upper edge; zero is at the lower one.</param>
    /// <param name="filled">Whether to outline the area below the line instead.</param>
    public static string Path(IReadOnlyList<double?> values, double top, bool filled)
    {
        var path = new StringBuilder(512);
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { } first)
                continue;

            var (start, at) = (i, Y(first, top));
            path.Append($"M{i} {at}");
            var level = 0;
            while (i + 1 < values.Count && values[i + 1] is { } next)
            {
                i++;
                var y = Y(next, top);
                level++;
                if (y == at)
                    continue;

                // Equal values are one long step.
                Level(path, level - 1);
                path.Append($"l1 {y - at}");
                (level, at) = (0, y);
            }

            // A value between two gaps gets a step of its own, or it would be invisible.
            Level(path, i == start ? 1 : level);
            if (filled)
                path.Append($"V{Height}H{start}Z");
        }

        return path.ToString();
    }

    /// <summary>The next round number: 1, 2 or 5 followed by zeros.</summary>
    public static double Round(double most)
    {
        var power = 1.0;
        while (power * 10 < most)
            power *= 10;

        return most <= power ? power : most <= 2 * power ? 2 * power : most <= 5 * power ? 5 * power : 10 * power;
    }

    /// <summary>The next round number of bytes: a power of two, at least 1 KiB.</summary>
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
            path.Append($"h{steps}");
    }
}
