using System.Net;

namespace WgFleet.Config;

/// <summary>Who may register in a fleet.</summary>
internal sealed record EnrollmentConfig
{
    /// <summary>Whoever reaches the server.</summary>
    public static readonly EnrollmentConfig Open = new();

    /// <summary>Whether a machine has to show an enrolment token.</summary>
    public bool NeedsToken { get; init; }

    /// <summary>The networks that machines may come from; null for any.</summary>
    public IReadOnlyList<IPNetwork>? Allow { get; init; }

    /// <summary>How often one source may ask; null for as often as it likes.</summary>
    public Rate? SourceRate { get; init; }

    /// <summary>How often all of them may ask; null for as often as they like.</summary>
    public Rate? FleetRate { get; init; }

    /// <summary>Whether there is nothing to look at.</summary>
    public bool AsksNothing => IsOpen && SourceRate is null && FleetRate is null;

    /// <summary>Whether nothing but the way to the server keeps anybody out.</summary>
    public bool IsOpen => !NeedsToken && Allow is null;
}
