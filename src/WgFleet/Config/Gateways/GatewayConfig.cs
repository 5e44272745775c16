namespace WgFleet.Config.Gateways;

/// <summary>The <c>gateway</c> section: this server is one of several gateways that share a PostgreSQL database.</summary>
internal sealed record GatewayConfig
{
    /// <summary>The name of this gateway, which no other one has.</summary>
    public required string Name { get; init; }

    /// <summary>The file with the key that seals the fleets' private keys in the database; the same on all gateways.</summary>
    public required string KeyFile { get; init; }

    /// <summary>How long the lease lasts that lets one gateway serve the fleets, if it is not renewed.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);
}
