namespace WgFleet.Config.Yaml;

/// <summary>Finds the word that was probably meant.</summary>
internal static class Suggestion
{
    /// <summary>The nearest of <paramref name="allowed"/>; null if none is near.</summary>
    public static string? For(string key, IReadOnlyList<string> allowed)
    {
        if (allowed.Count == 0)
            return null;

        var nearest = allowed.Select(a => (Key: a, Distance: Distance(key, a.ToLowerInvariant()))).MinBy(c => c.Distance);
        return nearest.Distance <= Math.Max(1, nearest.Key.Length / 3) ? nearest.Key : null;
    }

    // Optimal string alignment: two letters swapped are one mistake. Case and '-' for '_' are none at all.
    private static int Distance(string typed, string key)
    {
        if (typed.Length > 2 * key.Length)
            return int.MaxValue;

        var a = typed.ToLowerInvariant().Replace('-', '_');
        var d = new int[a.Length + 1, key.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= key.Length; j++)
            d[0, j] = j;

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= key.Length; j++)
            {
                var same = a[i - 1] == key[j - 1];
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == key[j - 2] && a[i - 2] == key[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, key.Length];
    }
}
