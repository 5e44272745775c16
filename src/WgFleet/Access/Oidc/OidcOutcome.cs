namespace WgFleet.Access.Oidc;

/// <summary>What became of a login at the provider.</summary>
/// <param name="Person">Who has logged in; null if nobody has.</param>
/// <param name="Next">The page to go to.</param>
/// <param name="Failure">Why nobody has logged in, for the log; null if somebody has.</param>
internal sealed record OidcOutcome(Person? Person, string? Next, string? Failure)
{
    /// <summary>Whether the person, or the provider, said no.</summary>
    public bool IsDenied { get; init; }
}
