using System.Net;

namespace WgFleet.Config;

/// <summary>What the server proves itself with, and where it speaks TLS beside the plain listeners.</summary>
internal sealed record TlsConfig
{
    /// <summary>The PEM file with the certificate and those between it and a root.</summary>
    public required string Certificate { get; init; }

    /// <summary>The PEM file with its private key.</summary>
    public required string Key { get; init; }

    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [new(IPAddress.Any, 8443), new(IPAddress.IPv6Any, 8443)];
}
