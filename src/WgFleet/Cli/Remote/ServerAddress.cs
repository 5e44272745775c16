using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WgFleet.Cli.Arguments;
using WgFleet.Linux;

namespace WgFleet.Cli.Remote;

/// <summary>
/// Which server is asked, as whom, and by which certificate authority it is known. Each is an option and an environment variable; the command line wins.
/// A command line that names a configuration means its socket, whatever the environment says.
/// </summary>
/// <param name="config">The option that names the configuration.</param>
internal sealed class ServerAddress(Option<string> config)
{
    /// <summary>The environment variable of an option, such as WG_FLEET_TOKEN_FILE.</summary>
    public static string Variable(Option option) => "WG_FLEET_" + option.Name[2..].Replace('-', '_').ToUpperInvariant();

    private readonly Option<Uri?> _server = Value.Option<Uri?>("--server", "Ask the server at this URL instead of over the local socket; also WG_FLEET_SERVER", "URL", ReadUrl);

    private readonly Option<string?> _tokenFile = new("--token-file") { Description = "The file with the token for --server; also WG_FLEET_TOKEN_FILE", HelpName = "FILE" };

    private readonly Option<string?> _authority = new("--cacert")
    {
        Description = "The certificates (PEM) of the only authorities to trust for --server; also WG_FLEET_CACERT", HelpName = "FILE",
    };

    public IEnumerable<Option> Options => [_server, _tokenFile, _authority];

    /// <summary>The URL; null for the local socket.</summary>
    /// <exception cref="AdminException">The environment has none that can be used.</exception>
    public Uri? Url(ParseResult parse)
    {
        if (parse.GetValue(_server) is { } url)
            return url;

        if (parse.GetResult(config) is { Implicit: false } || FromEnvironment(_server) is not { } text)
            return null;

        return ReadUrl(text, out var asked) is { } wrong ? throw new AdminException($"{Variable(_server)} '{text}' {wrong}") : asked;
    }

    /// <summary>A client for the server at the URL, which the caller disposes of; null for the local socket.</summary>
    /// <exception cref="AdminException">The token or the certificates cannot be read.</exception>
    public AdminClient? RemoteClient(ParseResult parse)
    {
        if (Url(parse) is { } url)
            return new AdminClient(url, Token(Said(parse, _tokenFile)), Authorities(Said(parse, _authority)));

        if (new[] { _tokenFile, _authority }.FirstOrDefault(o => parse.GetValue(o) is not null) is { } option)
            throw new AdminException($"{option.Name} is for --server URL; the socket needs neither token nor certificate");

        return null;
    }

    private static string? Said(ParseResult parse, Option<string?> option) => parse.GetValue(option) ?? FromEnvironment(option);

    // An empty variable is none, as in most programs.
    private static string? FromEnvironment(Option option) => Environment.GetEnvironmentVariable(Variable(option)) is { Length: > 0 } text ? text : null;

    private static string? Token(string? file)
    {
        try
        {
            if (file is null)
                return null;

            var token = RegularFile.ReadText(file).Split('\n')[0].Trim();
            return token.Length > 0 && token.All(c => c is > ' ' and < '\x7f') ? token : throw new AdminException($"{file} contains no token");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AdminException($"the token cannot be read: {e.Message}", e);
        }
    }

    private static X509Certificate2Collection? Authorities(string? file)
    {
        try
        {
            if (file is null)
                return null;

            var found = new X509Certificate2Collection();
            found.ImportFromPem(RegularFile.ReadText(file));
            return found.Count > 0 ? found : throw new AdminException($"{file} contains no certificate (PEM)");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AdminException($"the certificate authority cannot be read: {e.Message}", e);
        }
        catch (CryptographicException e)
        {
            throw new AdminException($"{file} contains a certificate that cannot be read: {e.Message}", e);
        }
    }

    private static string? ReadUrl(string text, out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is "http" or "https" && url is { PathAndQuery: "/", UserInfo: "" }
            ? null : "is not a server's address; use one such as https://fleet.example.com:8443";
}
