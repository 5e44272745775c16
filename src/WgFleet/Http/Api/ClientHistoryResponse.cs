using WgFleet.Queries;

namespace WgFleet.Http.Api;

/// <summary>The history of clients that have, or had, one address, key or name.</summary>
/// <param name="Now">The client's present state; absent if it was removed.</param>
/// <param name="Removed">Its tombstone if it was removed and can be restored; absent otherwise.</param>
/// <param name="Lines">What happened, the oldest first.</param>
internal sealed record ClientHistoryResponse(ClientInfo? Now, RemovedClientInfo? Removed, IReadOnlyList<ClientHistoryEntry> Lines);
