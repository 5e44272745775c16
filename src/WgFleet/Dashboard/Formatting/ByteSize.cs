namespace WgFleet.Dashboard.Formatting;

/// <summary>Formats a number of bytes in binary units, as wg(8) does.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    public static string Of(long bytes)
    {
        double value = bytes;
        var unit = 0;

        // Not 1024: the last few bytes below a MiB would round to "1024.0 KiB".
        while (value >= 1023.95 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return unit == 0 ? $"{bytes} B" : $"{value:0.0} {Units[unit]}";
    }

    /// <summary>A rate: "1.5 KiB/s".</summary>
    /// <param name="bytes">Bytes per second.</param>
    public static string PerSecond(double bytes) => Of((long)bytes) + "/s";
}
