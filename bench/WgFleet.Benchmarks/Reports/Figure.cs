using System.Globalization;

namespace WgFleet.Benchmarks.Reports;

/// <summary>Formats figures for a table, with three significant digits.</summary>
internal static class Figure
{
    public static string Count(double count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Milliseconds(TimeSpan time) => Digits(time.TotalMilliseconds);

    public static string Seconds(TimeSpan time) => Digits(time.TotalSeconds);

    public static string Megabytes(long bytes) => Digits(bytes / 1e6);

    public static string Ratio(double ratio) => Digits(ratio);

    public static string Number(double value) => value == Math.Truncate(value) ? Count(value) : Digits(value);

    private static string Digits(double value) => value.ToString(
        Math.Abs(value) switch { >= 100 => "N0", >= 10 => "0.0", >= 1 => "0.00", _ => "0.000" }, CultureInfo.InvariantCulture);
}
