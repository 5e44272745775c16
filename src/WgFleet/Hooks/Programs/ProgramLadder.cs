using WgFleet.Hosting;

namespace WgFleet.Hooks.Programs;

/// <summary>When an event is given to a program again that has failed on it.</summary>
internal static class ProgramLadder
{
    /// <summary>The default number of attempts.</summary>
    public const int Attempts = 8;

    public static readonly RetrySchedule Schedule = new(
        0.2,
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1));
}
