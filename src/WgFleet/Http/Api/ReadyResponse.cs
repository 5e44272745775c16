namespace WgFleet.Http.Api;

/// <summary>What /readyz answers when the server is ready.</summary>
/// <param name="Status">Always "ok".</param>
internal sealed record ReadyResponse(string Status);
