using System.Diagnostics;
using System.Globalization;

namespace WgFleet.Linux;

/// <summary>A time that does not depend on the wall clock: the boot, and CLOCK_MONOTONIC since then, as systemd gives it.</summary>
/// <param name="Boot">The boot's number, of /proc/sys/kernel/random/boot_id.</param>
/// <param name="Microseconds">Since that boot.</param>
internal readonly record struct Moment(string Boot, long Microseconds)
{
    private static readonly string ThisBoot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>Now; Stopwatch is CLOCK_MONOTONIC on Linux, in nanoseconds.</summary>
    public static Moment Now => new(ThisBoot, Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000));

    /// <summary>Reads what <see cref="ToString"/> has made; null if it is something else.</summary>
    public static Moment? Parse(string text) =>
        text.Split(' ') is [{ Length: > 0 } boot, var number] && long.TryParse(number, NumberStyles.None, null, out var microseconds)
            ? new Moment(boot, microseconds)
            : null;

    /// <summary>Whether it was before another moment. A moment of an earlier boot was.</summary>
    public bool IsBefore(Moment other) => other.Boot == ThisBoot && IsBefore(other.Microseconds);

    /// <summary>Whether it was before another moment of this boot.</summary>
    public bool IsBefore(long microseconds) => Boot != ThisBoot || Microseconds < microseconds;

    public override string ToString() => $"{Boot} {Microseconds}";
}
