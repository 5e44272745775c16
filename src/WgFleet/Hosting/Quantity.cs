using System.Globalization;

namespace WgFleet.Hosting;

/// <summary>Numbers of things, as people read them.</summary>
internal static class Quantity
{
    /// <summary><c>1 client</c>, <c>2 clients</c>, <c>1,201 clients</c>.</summary>
    /// <param name="count">How many.</param>
    /// <param name="one">What they are called if there is one.</param>
    /// <param name="many">What they are called otherwise; null if that only has an s more.</param>
    public static string Of(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many ?? one + "s")}");
}
