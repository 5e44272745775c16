using System.Net;

namespace WgFleet.Config;

/// <summary>Who may register in a fleet.</summary>
internal sealed record EnrollmentConfig
{
    /// <summary>Any machine that reaches the server may register.</summary>
    public static readonly EnrollmentConfig Open = new();

    /// <summary>Whether a machine needs an enrollment token.</summary>
    public bool NeedsToken { get; init; }

    /// <summary>The networks that machines may come from; null for any.</summary>
    public IReadOnlyList<IPNetwork>? Allow { get; init; }

    /// <summary>How often one source may ask to register; null for no limit.</summary>
    public Rate? SourceRate { get; init; }

    /// <summary>How often all machines together may ask to register; null for no limit.</summary>
    public Rate? FleetRate { get; init; }

    /// <summary>Whether every request is admitted without a check.</summary>
    public bool AsksNothing => IsOpen && SourceRate is null && FleetRate is null;

    /// <summary>Whether any machine that reaches the server may register.</summary>
    public bool IsOpen => !NeedsToken && Allow is null;
}
