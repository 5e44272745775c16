using System.Net;

namespace WgFleet.Config;

/// <summary>The certificate, and the addresses where the server listens for TLS.</summary>
internal sealed record TlsConfig
{
    /// <summary>The PEM file with the certificate, followed by the intermediate certificates.</summary>
    public required string Certificate { get; init; }

    /// <summary>The PEM file with its private key.</summary>
    public required string Key { get; init; }

    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [new(IPAddress.Any, 8443), new(IPAddress.IPv6Any, 8443)];
}
