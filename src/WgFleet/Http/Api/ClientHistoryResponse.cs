using WgFleet.Queries;

namespace WgFleet.Http.Api;

/// <summary>The history of clients that have, or had, one address, key or name.</summary>
/// <param name="Now">The client as it is; absent if it is gone.</param>
/// <param name="Removed">What is kept of it if it is gone, so that it can be restored; absent if nothing is.</param>
/// <param name="Lines">What happened, the oldest first.</param>
internal sealed record ClientHistoryResponse(ClientInfo? Now, RemovedClientInfo? Removed, IReadOnlyList<ClientHistoryEntry> Lines);
