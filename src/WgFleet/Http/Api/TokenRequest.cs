using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using WgFleet.Access;

namespace WgFleet.Http.Api;

/// <summary>The token to make.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record TokenRequest
{
    public const int MaxSeconds = 315_360_000;

    [StringLength(64, MinimumLength = 1)]
    public string? Name { get; init; }

    /// <summary>"admin" for operators, which is the default; "enrollment" for machines.</summary>
    public string? Kind { get; init; }

    /// <summary>"read" or "write"; for kind admin.</summary>
    public string? Scope { get; init; }

    [Range(1, MaxSeconds)]
    public long? LifetimeSeconds { get; init; }

    /// <summary>The one fleet that it lets machines into; absent for all, or with fleets.</summary>
    public string? Fleet { get; init; }

    /// <summary>The fleets that it lets machines into, instead of one; absent for all.</summary>
    public IReadOnlyList<string>? Fleets { get; init; }

    /// <summary>How many clients it lets in; absent for any number.</summary>
    [Range(1, int.MaxValue)]
    public int? MaxUses { get; init; }

    /// <summary>How long its clients may be silent before they are pruned; absent where the configuration says it.</summary>
    [Range(60, MaxSeconds)]
    public long? PruneTimeoutSeconds { get; init; }

    /// <summary>The tags that its clients get.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    internal TimeSpan? Lifetime => Span(LifetimeSeconds);

    /// <summary>Whether it has a member that is only for kind enrollment.</summary>
    internal bool HasEnrollmentTerms => Fleet is not null || Fleets is not null || MaxUses is not null || PruneTimeoutSeconds is not null || Tags is not null;

    internal EnrollmentTerms ToTerms() => new(Name ?? "")
    {
        Fleets = Fleets,
        MaxUses = MaxUses,
        Lifetime = Lifetime,
        PruneTimeout = Span(PruneTimeoutSeconds),
        Tags = Tags ?? Store.Tags.None,
    };

    private static TimeSpan? Span(long? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;
}
