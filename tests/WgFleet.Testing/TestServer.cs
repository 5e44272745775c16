using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Fleets;
using WgFleet.Fleets.State;
using WgFleet.WireGuard.Drivers;

namespace WgFleet.Testing;

/// <summary>The whole server on a free port of the loopback, with a WireGuard in memory and a clock that stands still.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly Folder _folder;
    private Task _running = Task.CompletedTask;
    private WebApplication _app = null!;

    private TestServer(Folder folder, ServerConfig config)
    {
        _folder = folder;
        Config = config;
        Interfaces = new FakeInterfaces(WireGuard);
        Programs = new FakePrograms(WireGuard, Interfaces);
    }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ServerConfig Config { get; }

    public ManualTime Time { get; } = new();

    public FakeWireGuard WireGuard { get; } = new();

    public FakeInterfaces Interfaces { get; }

    public FakePrograms Programs { get; }

    public FakeNft Nft { get; } = new();

    public CollectedLog Log { get; } = new();

    /// <summary>Sends requests to the first listener. Since they come from the loopback, X-Forwarded-For can name a client's address.</summary>
    public HttpClient Http { get; private set; } = null!;

    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    /// <summary>Completes when the server has ended.</summary>
    public Task Running => _running;

    public IServiceProvider Services => _app.Services;

    public ClientRegistry Registry => _app.Services.GetRequiredService<ClientRegistry>();

    /// <param name="change">Changes the configuration.</param>
    /// <param name="time">Another clock than <see cref="Time"/>.</param>
    /// <param name="configFile">The file that a reload reads.</param>
    public static async Task<TestServer> StartAsync(Func<ServerConfig, ServerConfig>? change = null, TimeProvider? time = null, string? configFile = null)
    {
        var folder = new Folder();
        var test = new TestServer(folder, (change ?? (c => c))(Some.Config(folder.Path)));
        var started = new TaskCompletionSource<WebApplication>(TaskCreationOptions.RunContinuationsAsynchronously);
        test._running = new Server(test.Config, () => new TimeLimitedWireGuard(test.WireGuard, time ?? test.Time), () => test.Interfaces, test.Programs.RunAsync, time ?? test.Time, configFile, nft: test.Nft.RunAsync).RunAsync(
            logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(test.Log.ToProvider()),
            app =>
            {
                // Each reload makes another.
                test._app = app;
                started.TrySetResult(app);
                return Task.CompletedTask;
            });

        if (await Task.WhenAny(started.Task, test._running) == test._running)
        {
            folder.Dispose();
            await test._running;
        }

        await started.Task;
        test.Addresses = [.. test._app.Urls.Where(u => !u.Contains("unix", StringComparison.Ordinal)).Select(u => new Uri(u))];
        test.Http = new HttpClient { BaseAddress = test.Addresses[0], Timeout = TimeSpan.FromMinutes(3) };
        return test;
    }

    /// <summary>The socket for operators.</summary>
    public SocketsHttpHandler Operators() => new()
    {
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Config.AdminSocket), ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    /// <summary>Runs wg-fleet as an operator does.</summary>
    public async Task<CommandRun> RunAsync(params string[] arguments) =>
        await CommandRun.RunAsync([.. arguments, "--config", await WriteConfigAsync()]);

    /// <summary>Writes a configuration file by which commands find this server; returns its path.</summary>
    public async Task<string> WriteConfigAsync()
    {
        var config = _folder.File("wg-fleet.yaml");
        await File.WriteAllTextAsync(config, $"{Yaml.Minimal}admin_socket: {Config.AdminSocket}\n", Ct);
        return config;
    }

    /// <summary>Registers a client by HTTP.</summary>
    public async Task<RegisteredClient> JoinAsync(string fleet = "alpha")
    {
        using var response = await Http.PostAsync($"/fleet/{fleet}/register", null, Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return Registry.Current.Fleet(fleet)!.ById.Values.Last();
    }

    /// <summary>Lets a client be seen with a handshake and some traffic, which makes it online.</summary>
    public async Task HandshakeAsync(RegisteredClient client, long received = 0)
    {
        WireGuard.Touch($"wg_{client.Fleet}", client.PublicKey, Time.GetUtcNow(), received);
        await Registry.ObserveAsync(client.Fleet, Ct);
    }

    /// <summary>A ping with this body, as if it came from this address.</summary>
    public Task<Reply> PingAsync(string? body, string from, string fleet = "alpha", string? contentType = "application/json") =>
        PingAsync(body is null ? null : System.Text.Encoding.UTF8.GetBytes(body), from, fleet, contentType);

    public Task<Reply> PingAsync(byte[]? body, string from, string fleet = "alpha", string? contentType = "application/json")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/fleet/{fleet}/ping");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        request.Headers.TryAddWithoutValidation("X-Forwarded-For", from);
        return SendAsync(request);
    }

    public async Task<Reply> SendAsync(HttpRequestMessage request)
    {
        using (request)
        using (var response = await Http.SendAsync(request, Ct))
            return new Reply((int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), await response.Content.ReadAsStringAsync(Ct));
    }

    public Task<Reply> SendAsync(HttpMethod method, string path) => SendAsync(new HttpRequestMessage(method, path));

    public async ValueTask DisposeAsync()
    {
        if (_running.IsCompleted)
        {
            _folder.Dispose();
            return;
        }

        Http.Dispose();
        _app.Lifetime.StopApplication();

        // A projection that is due waits for its interval, and the clock stands still.
        while (await Task.WhenAny(_running, Task.Delay(TimeSpan.FromMilliseconds(20))) != _running)
            Time.Advance(TimeSpan.FromSeconds(1));

        await _running;
        _folder.Dispose();
    }

    /// <summary>The parts of an answer that tests compare.</summary>
    internal sealed record Reply(int Status, string? ContentType, string Body)
    {
        public static Reply Json(int status, string body) => new(status, "application/json", body);
    }
}
