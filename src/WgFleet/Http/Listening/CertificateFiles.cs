using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WgFleet.Config;
using WgFleet.Hosting;
using WgFleet.Linux;
using WgFleet.Queries.Troubles;

namespace WgFleet.Http.Listening;

/// <summary>The TLS certificate and its key: read again when their files change; while the new files cannot be used, the old certificate stays in use.</summary>
internal sealed partial class CertificateFiles
{
    private readonly TlsConfig _config;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private SslStreamCertificateContext _current;
    private string _stamp;
    private string _stampInUse;
    private string? _trouble;

    /// <exception cref="StartupException">The files cannot be read, or do not belong together.</exception>
    public CertificateFiles(TlsConfig config, ILogger log)
    {
        (_config, _log) = (config, log);
        (_stamp, _current) = Load(config);
        _stampInUse = _stamp;
    }

    /// <summary>Reads the files as a start does.</summary>
    /// <returns>What tells these files from later ones, and what they hold.</returns>
    /// <exception cref="StartupException">The files cannot be read, or do not belong together.</exception>
    public static (string Stamp, SslStreamCertificateContext Context) Load(TlsConfig config)
    {
        try
        {
            return (Stamp(config), Read(config));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"tls: {config.Certificate} and {config.Key} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>The certificate for a handshake that begins now. Compares the files' times each time, which costs far less than the handshake.</summary>
    public SslServerAuthenticationOptions Options => new() { ServerCertificateContext = Latest() };

    /// <summary>How long the certificate in use is valid, and whether its files have changed into ones that cannot be used.</summary>
    public CertificateStatus Status
    {
        get
        {
            var certificate = Latest().TargetCertificate;
            lock (_gate)
                return new(_config.Certificate, certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime(), _trouble);
        }
    }

    private SslStreamCertificateContext Latest()
    {
        lock (_gate)
        {
            try
            {
                var stamp = Stamp(_config);
                if (stamp == _stampInUse)
                    _trouble = null;

                if (stamp != _stamp)
                {
                    // Set before reading, so that files that cannot be used are not read again until they change.
                    _stamp = stamp;
                    _current = Read(_config);
                    (_stampInUse, _trouble) = (stamp, null);
                    Log.Changed(_log, _config.Certificate, _current.TargetCertificate.NotAfter.ToUniversalTime());
                }
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
            {
                // Logged once, not for each connection.
                if (_trouble != e.Message)
                    Log.Refused(_log, _config.Certificate, _config.Key, _trouble = e.Message);
            }

            return _current;
        }
    }

    private static SslStreamCertificateContext Read(TlsConfig config)
    {
        var leaf = X509Certificate2.CreateFromPemFile(config.Certificate, config.Key);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(config.Certificate);
        return SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }

    // Of the link's target: certbot and others renew by changing a link.
    private static string Stamp(TlsConfig config) => string.Join('|', new[] { config.Certificate, config.Key }.Select(path =>
    {
        RegularFile.Check(path);
        var file = new FileInfo(path);
        var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return target.Exists ? $"{target.FullName} {target.LastWriteTimeUtc.Ticks} {target.Length}" : throw new FileNotFoundException($"there is no file {path}");
    }));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The certificate of {Certificate} has changed; the new one ends {NotAfter} UTC")]
        public static partial void Changed(ILogger log, string certificate, DateTime notAfter);

        [LoggerMessage(2, LogLevel.Error, "{Certificate} and {Key} have changed and cannot be used; the previous certificate stays in use: {Reason}")]
        public static partial void Refused(ILogger log, string certificate, string key, string reason);
    }
}
