using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace WgFleet.Http.Api;

/// <summary>One page of clients.</summary>
/// <param name="Clients">The clients of the page.</param>
/// <param name="Found">How many there are on all pages.</param>
/// <param name="Next">The cursor of the next page; absent on the last.</param>
internal sealed record ClientsResponse(IReadOnlyList<ClientInfo> Clients, int Found, string? Next);

/// <summary>The name to give to a client.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RenameRequest([property: RegularExpression("^[a-z0-9_-]{1,63}$")] string? Hostname);
