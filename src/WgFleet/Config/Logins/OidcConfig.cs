namespace WgFleet.Config.Logins;

/// <summary>The provider at which operators can log in (OpenID Connect), and what its people may do here.</summary>
internal sealed record OidcConfig
{
    /// <summary>The provider's own name of itself, a URL; its settings are at /.well-known/openid-configuration below it.</summary>
    public required string Issuer { get; init; }

    /// <summary>How the provider knows this server.</summary>
    public required string ClientId { get; init; }

    /// <summary>The file with the secret that this server shows to the provider; null for none. It is read at each login.</summary>
    public string? ClientSecretFile { get; init; }

    /// <summary>What people call the provider.</summary>
    public required string Name { get; init; }

    /// <summary>The claim whose values are the keys of <see cref="Roles"/>.</summary>
    public string Claim { get; init; } = "groups";

    /// <summary>What is asked of the provider, besides openid.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["profile", "email"];

    /// <summary>What people may do, by a value of their claim.</summary>
    public required IReadOnlyList<OidcRole> Roles { get; init; }
}

/// <summary>What people with this value in their claim may do.</summary>
/// <param name="Value">A value of the claim, such as a group.</param>
/// <param name="MayChange">Whether they may change things, and not only read.</param>
internal sealed record OidcRole(string Value, bool MayChange)
{
    /// <summary>The only fleets that the role is for; null for all, and for what is about no fleet.</summary>
    public IReadOnlyList<string>? Fleets { get; init; }
}
