namespace WgFleet.Queries.Troubles;

/// <summary>The state of the server's TLS certificate.</summary>
/// <param name="File">Its file.</param>
/// <param name="NotBefore">When it begins to be valid.</param>
/// <param name="NotAfter">When it ends.</param>
/// <param name="Problem">Why the files, which have changed, cannot be used; null if they can.</param>
internal sealed record CertificateStatus(string File, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string? Problem);

/// <summary>Reads the state of the certificate; null for a server without TLS.</summary>
internal delegate CertificateStatus? CertificateReader();
