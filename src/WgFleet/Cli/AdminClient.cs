using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WgFleet.Config;
using WgFleet.Http;

namespace WgFleet.Cli;

/// <summary>Asks the running server, over the socket that its configuration names.</summary>
internal sealed class AdminClient : IDisposable
{
    private static readonly string DefaultSocket = new ServerConfig { Domain = "", PruneTimeout = default, Fleets = [] }.AdminSocket;

    private readonly string _socket;
    private readonly HttpClient _http;

    /// <param name="configPath">The server's configuration; only the socket's path is taken from it, and the default where it cannot be read.</param>
    public AdminClient(string configPath)
    {
        _socket = ConfigFile.Load(configPath).Config?.AdminSocket ?? DefaultSocket;
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false })
        {
            BaseAddress = new Uri("http://wg-fleet"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <exception cref="AdminException">The server does not answer, or refuses.</exception>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, type, cancellationToken);

    /// <exception cref="AdminException">The server does not answer, or refuses.</exception>
    public Task<T> PostAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, type, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, AdminRoutes.Prefix + path);
            using var response = await _http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response.IsSuccessStatusCode
                ? JsonSerializer.Deserialize(body, type)!
                : throw new AdminException(Refusal(body) ?? $"the server answers {(int)response.StatusCode}");
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new AdminException($"{_socket} is for root alone; use sudo");
        }
        catch (HttpRequestException e)
        {
            throw new AdminException($"no server answers at {_socket}; start it (systemctl start wg-fleet), or name its configuration with --config FILE", e) { NoServer = true };
        }
        catch (JsonException e)
        {
            throw new AdminException($"what answers at {_socket} is another version of wg-fleet; restart the server", e);
        }
    }

    private static string? Refusal(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, AdminJson.Default.RefusalAnswer)?.Detail;
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
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A command cannot be carried out; the message is the one line for the operator.</summary>
internal sealed class AdminException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>There is nobody to ask.</summary>
    public bool NoServer { get; init; }
}
