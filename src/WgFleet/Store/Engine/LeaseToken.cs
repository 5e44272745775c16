namespace WgFleet.Store.Engine;

/// <summary>What proves that a gateway holds the lease on the database. No two takings have the same one.</summary>
/// <param name="Holder">The name of the gateway.</param>
/// <param name="Timeline">The timeline of PostgreSQL, which grows when a standby takes over: it may lack the last takings, and give their epochs again.</param>
/// <param name="Epoch">The number of the taking on this timeline.</param>
internal sealed record LeaseToken(string Holder, long Timeline, long Epoch);
