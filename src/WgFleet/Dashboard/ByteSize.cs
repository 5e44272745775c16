using System.Globalization;

namespace WgFleet.Dashboard;

/// <summary>Says a number of bytes in binary units, as wg(8) does.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    public static string Of(long bytes)
    {
        double value = bytes;
        var unit = 0;

        // Not 1024: "1024.0 KiB" would be what rounding makes of the last few bytes below a MiB.
        while (value >= 1023.95 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return unit == 0 ? $"{bytes} B" : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {Units[unit]}");
    }
}
