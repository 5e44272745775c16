using System.Text.Json.Serialization;

namespace WgFleet.Cli.Rehearsals;

/// <summary>What came of a rehearsal. All times are in seconds.</summary>
internal sealed record RehearsalReport
{
    public required string Fleet { get; init; }

    public required int Machines { get; init; }

    /// <summary>How many machines joined.</summary>
    public required int Joined { get; init; }

    /// <summary>How many were in the fleet at the end, after all that went wrong.</summary>
    public required int Back { get; init; }

    public required int Clones { get; init; }

    /// <summary>How many machines made a key of their own because another one had the same.</summary>
    public required int Split { get; init; }

    public required double Seconds { get; init; }

    /// <summary>How long the gateway took to be ready, with an empty database.</summary>
    public required double Start { get; init; }

    /// <summary>The same after it was killed; absent if it was not.</summary>
    public double? Restart { get; init; }

    /// <summary>How long from when it was killed until it was ready again, as under systemd; absent if it was not killed.</summary>
    public double? Killed { get; init; }

    /// <summary>How long no machine reached the gateway; absent if all did.</summary>
    public double? Outage { get; init; }

    public required IReadOnlyList<RequestReport> Requests { get; init; }

    public required IReadOnlyList<HookReport> Hooks { get; init; }

    /// <summary>How many clients were pruned.</summary>
    public required int Pruned { get; init; }

    /// <summary>How many prunes were held.</summary>
    public required int HeldPrunes { get; init; }

    /// <summary>From when a machine was switched on until its first ping was answered, for those that joined.</summary>
    public required Spread JoinedIn { get; init; }

    /// <summary>For each machine the longest time without an answered ping.</summary>
    public required Spread Away { get; init; }

    /// <summary>The name of the machine that was away for longest.</summary>
    public required string LongestAway { get; init; }

    public required double PingEvery { get; init; }

    /// <summary>How the rehearsal differs from what would happen on the real gateway.</summary>
    public required IReadOnlyList<string> Differences { get; init; }

    /// <summary>What went wrong, a line each; empty if the rehearsal succeeded.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    public bool Ok => Failures.Count == 0;
}

/// <summary>How the requests of one kind went.</summary>
/// <param name="Kind">One of <see cref="RequestKinds"/>.</param>
/// <param name="Count">How many were sent.</param>
/// <param name="Failed">How many were answered with 500 or above.</param>
/// <param name="Refused">How many were answered with 400 to 499.</param>
/// <param name="Unanswered">How many had no answer.</param>
/// <param name="P50">What half of the answers did not take longer than.</param>
/// <param name="P99">What 99 % of the answers did not take longer than.</param>
/// <param name="Longest">The longest that an answer took.</param>
internal sealed record RequestReport(string Kind, int Count, int Failed, int Refused, int Unanswered, double P50, double P99, double Longest);

/// <summary>How far a hook was behind.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="MostWaiting">The most events that waited for it at once.</param>
/// <param name="LongestBehind">The longest time in which there was always an event that waited for it.</param>
/// <param name="Failures">How many of its calls failed.</param>
/// <param name="DeadLetters">How many deliveries were given up.</param>
/// <param name="Reason">Why it is not ok at the end; absent if it is.</param>
internal sealed record HookReport(string Name, string Kind, long MostWaiting, double LongestBehind, long Failures, int DeadLetters, string? Reason);

/// <summary>The JSON of <c>wg-fleet rehearse</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RehearsalReport))]
internal sealed partial class RehearsalJson : JsonSerializerContext;
