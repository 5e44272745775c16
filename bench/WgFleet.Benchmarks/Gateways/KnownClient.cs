using System.Net;

namespace WgFleet.Benchmarks.Gateways;

/// <summary>A client in the server's database.</summary>
internal sealed record KnownClient(IPAddress Address, string? Hostname);
