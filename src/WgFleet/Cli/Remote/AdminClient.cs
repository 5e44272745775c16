using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WgFleet.Config;
using WgFleet.Config.Reading;
using WgFleet.Http.Api;

namespace WgFleet.Cli.Remote;

/// <summary>An HTTP client for the running server's API: over its unix socket, or over the network with a token.</summary>
internal sealed class AdminClient : IDisposable
{
    /// <summary>The socket where no configuration names another.</summary>
    public static readonly string DefaultSocket = new ServerConfig { Domain = "", PruneTimeout = default, Fleets = [] }.AdminSocket;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    private readonly string _place;
    private readonly HttpClient _http;

    /// <param name="socket">The path of the server's socket.</param>
    public AdminClient(string socket)
    {
        _place = socket;
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false })
        {
            BaseAddress = new Uri("http://wg-fleet"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <param name="server">Where the server is: scheme, host and port.</param>
    /// <param name="token">The bearer token; null for none.</param>
    /// <param name="authorities">The only certificate authorities that are trusted; null for those of the system.</param>
    public AdminClient(Uri server, string? token, X509Certificate2Collection? authorities)
    {
        _place = server.GetLeftPart(UriPartial.Authority);

        // A redirect would send the token to another host.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = ConnectLimit };
        if (authorities is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(authorities);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        _http = new HttpClient(handler)
        {
            BaseAddress = new Uri(_place),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    /// <summary>The path of the socket that a configuration names, also one with errors; the default path if the file cannot be read.</summary>
    public static string SocketOf(string configPath) => ConfigFile.Load(configPath).AdminSocket ?? DefaultSocket;

    /// <exception cref="AdminException">The server does not answer, or refuses.</exception>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, type, cancellationToken);

    /// <exception cref="AdminException">The server does not answer, or refuses.</exception>
    public Task<T> PostAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, type, cancellationToken);

    /// <exception cref="AdminException">The server does not answer, or refuses.</exception>
    public Task<T> PostAsync<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, type, cancellationToken, JsonContent.Create(body, bodyType));

    /// <exception cref="AdminException">The server does not answer, or refuses.</exception>
    public Task<T> PutAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, path, type, cancellationToken);

    /// <summary>Sends a file.</summary>
    /// <param name="path">The path of the route.</param>
    /// <param name="content">The file, with the headers that the request needs.</param>
    /// <param name="etag">What the server must still have: its ETag, "" for nothing; null to replace whatever it has.</param>
    /// <param name="type">The JSON of the answer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AdminException">The server does not answer, or refuses.</exception>
    public Task<T> PutFileAsync<T>(string path, HttpContent content, string? etag, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendToAsync(HttpMethod.Put, ApiRoutes.Prefix + path, type, cancellationToken, content, etag);

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="AdminException">The server does not answer, or refuses.</exception>
    public Task<byte[]> GetFileAsync(string path, CancellationToken cancellationToken) =>
        SendToAsync(HttpMethod.Get, ApiRoutes.Prefix + path, null, HttpCompletionOption.ResponseContentRead, async response =>
        {
            await RefuseAsync(response, cancellationToken);
            return await response.Content.ReadAsByteArrayAsync(cancellationToken);
        }, cancellationToken);

    /// <exception cref="AdminException">The server does not answer, or refuses.</exception>
    public Task<T> DeleteAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, path, type, cancellationToken);

    /// <summary>Asks whether the server is ready, which is not part of the API.</summary>
    /// <exception cref="AdminException">The server does not answer, or is not ready; the message is why.</exception>
    public Task<ReadyResponse> ReadyAsync(CancellationToken cancellationToken) =>
        SendToAsync(HttpMethod.Get, "/readyz", AdminJson.Default.ReadyResponse, cancellationToken);

    /// <summary>Downloads what the server sends into a file.</summary>
    /// <param name="path">The path of the route.</param>
    /// <param name="file">The file, which is made anew; null to only learn whether there is something to send.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False if the server has nothing to send, or is of an older version that does not know the path; no file is made.</returns>
    /// <exception cref="AdminException">The server does not answer, or refuses.</exception>
    /// <exception cref="IOException">The file cannot be written, or the server stopped before the end.</exception>
    public Task<bool> DownloadAsync(string path, string? file, CancellationToken cancellationToken) =>
        SendToAsync(HttpMethod.Get, ApiRoutes.Prefix + path, null, HttpCompletionOption.ResponseHeadersRead, async response =>
        {
            if (response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotFound)
                return false;

            await RefuseAsync(response, cancellationToken);
            if (file is null)
                return true;

            await using var target = new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite, Options = FileOptions.Asynchronous,
            });
            await response.Content.CopyToAsync(target, cancellationToken);
            return true;
        }, cancellationToken);

    public void Dispose() => _http.Dispose();

    private Task<T> SendAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken, HttpContent? content = null) =>
        SendToAsync(method, ApiRoutes.Prefix + path, type, cancellationToken, content);

    private Task<T> SendToAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken, HttpContent? content = null, string? etag = null) =>
        SendToAsync(method, path, content, HttpCompletionOption.ResponseContentRead, async response =>
        {
            await RefuseAsync(response, cancellationToken);
            return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken), type)!;
        }, cancellationToken, etag);

    private async Task<T> SendToAsync<T>(
        HttpMethod method, string path, HttpContent? content, HttpCompletionOption completion, Func<HttpResponseMessage, Task<T>> read, CancellationToken cancellationToken, string? etag = null)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            if (etag is not null)
                request.Headers.TryAddWithoutValidation(etag.Length == 0 ? "If-None-Match" : "If-Match", etag.Length == 0 ? "*" : etag);

            using var response = await _http.SendAsync(request, completion, cancellationToken);
            return await read(response);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new AdminException($"only root may use {_place}; use sudo");
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException tls)
        {
            throw new AdminException(tls.Message.Contains("NameMismatch", StringComparison.Ordinal)
                ? $"the certificate of {_place} is for another name; use the name of the server in --server"
                : $"the certificate of {_place} is not trusted: {tls.Message.TrimEnd('.')}; name its authority with --cacert FILE", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AdminException($"no server answers at {_place} within {ConnectLimit.TotalSeconds:0} s", e) { NoServer = true };
        }
        catch (HttpRequestException e) when (_http.BaseAddress!.Host != "wg-fleet")
        {
            throw new AdminException($"no server answers at {_place}: {e.InnerException?.Message ?? e.Message}", e) { NoServer = true };
        }
        catch (HttpRequestException e)
        {
            throw new AdminException($"no server answers at {_place}; start it (systemctl start wg-fleet), or name its configuration with --config FILE",
                e) { NoServer = true };
        }
        catch (JsonException e)
        {
            throw new AdminException($"what answers at {_place} is another version of wg-fleet; restart the server", e);
        }
    }

    /// <exception cref="AdminException">The answer is a refusal.</exception>
    private static async Task RefuseAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
            throw new AdminException(Refusal(await response.Content.ReadAsByteArrayAsync(cancellationToken)) ?? $"the server answers {(int)response.StatusCode}");
    }

    private static string? Refusal(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, AdminJson.Default.RefusalResponse)?.Detail;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_place), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A command failed; the message is one line for the operator.</summary>
internal sealed class AdminException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>No server answered.</summary>
    public bool NoServer { get; init; }
}
