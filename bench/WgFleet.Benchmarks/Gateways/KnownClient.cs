using System.Net;

namespace WgFleet.Benchmarks.Gateways;

/// <summary>A client that the server knows from its database.</summary>
internal sealed record KnownClient(IPAddress Address, string? Hostname);
