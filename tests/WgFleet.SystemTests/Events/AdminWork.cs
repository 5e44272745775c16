using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Events;

/// <summary>
/// Operators at work on the socket, until the server is killed under them; remembers what they were answered. Pins, freezes and
/// tokens are one operator's alone, so that each has a state that it must be in; what is asked and not answered may be either way.
/// </summary>
internal sealed class AdminWork(Gateway gateway, Random random)
{
    private readonly Lock _gate = new();
    private int _names;

    /// <summary>By public key whether a client is pinned.</summary>
    public Dictionary<string, bool?> Pinned { get; } = [];

    /// <summary>By name whether a token lets somebody in.</summary>
    public Dictionary<string, bool?> Tokens { get; } = [];

    public bool? Frozen { get; private set; } = false;

    /// <summary>The number of the last event that an answer told of.</summary>
    public long Sequence { get; private set; }

    /// <summary>How many changes were answered that they are done.</summary>
    public int Done { get; private set; }

    /// <summary>Each kind of change once, with nobody killed.</summary>
    public async Task OnceAsync()
    {
        using var http = Socket();
        foreach (var change in Changes().Concat(States()))
        {
            for (var i = 0; i < 3; i++)
                await gateway.RegisterAsync();

            var before = Done;
            await Deadline.UntilAsync("a change of each kind is done", async () =>
            {
                await change(http);
                return Done > before;
            });
        }
    }

    /// <summary>Works until the server is gone.</summary>
    public Task UntilKilledAsync() => Task.WhenAll(LoopAsync(Changes()), LoopAsync(Changes()), LoopAsync(States()), RegisterAsync());

    private List<Func<HttpClient, Task>> Changes() => [RemoveAsync, RestoreAsync, RenameAsync, AllowAsync, RestoreAsync];

    private List<Func<HttpClient, Task>> States() => [PinAsync, UnpinAsync, FreezeAsync, ThawAsync, CreateTokenAsync, RevokeTokenAsync];

    private async Task LoopAsync(List<Func<HttpClient, Task>> changes)
    {
        using var http = Socket();
        try
        {
            for (var i = Random(changes.Count); ; i++)
                await changes[i % changes.Count](http);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // That was the kill.
        }
    }

    private async Task RegisterAsync()
    {
        try
        {
            for (var i = 0; i < 20; i++)
                await gateway.RegisterAsync();
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The same.
        }
    }

    private async Task RemoveAsync(HttpClient http)
    {
        if (await AnyAsync(http, "clients") is { } client)
            await SendAsync(http, HttpMethod.Delete, $"clients/{Uri.EscapeDataString(client.GetProperty("public_key").GetString()!)}");
    }

    private async Task RestoreAsync(HttpClient http)
    {
        if (await AnyAsync(http, "removed") is { } client)
            await SendAsync(http, HttpMethod.Post, $"removed/{Uri.EscapeDataString(client.GetProperty("public_key").GetString()!)}/restore");
    }

    private async Task RenameAsync(HttpClient http)
    {
        if (await AnyAsync(http, "clients") is { } client)
            await SendAsync(http, HttpMethod.Post, $"clients/{client.GetProperty("address").GetString()}/rename", $$"""{"hostname":"n{{Random(30)}}"}""");
    }

    private async Task AllowAsync(HttpClient http)
    {
        var fleet = (await GetAsync(http, "prune")).GetProperty("fleets")[0];
        if (fleet.TryGetProperty("held", out var held))
            await SendAsync(http, HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"prune/alpha/allow?number={held.GetProperty("number").GetInt64()}"));
    }

    private Task PinAsync(HttpClient http) => PinAsync(http, HttpMethod.Put, true);

    private Task UnpinAsync(HttpClient http) => PinAsync(http, HttpMethod.Delete, false);

    private async Task PinAsync(HttpClient http, HttpMethod method, bool pins)
    {
        if (await AnyAsync(http, "clients") is not { } client)
            return;

        var key = client.GetProperty("public_key").GetString()!;
        var before = Pinned.GetValueOrDefault(key, false);
        Pinned[key] = null;
        Pinned[key] = await SendAsync(http, method, $"clients/{Uri.EscapeDataString(key)}/pin") ? pins : before;
    }

    private Task FreezeAsync(HttpClient http) => FreezeAsync(http, "freeze", true);

    private Task ThawAsync(HttpClient http) => FreezeAsync(http, "thaw", false);

    private async Task FreezeAsync(HttpClient http, string verb, bool freezes)
    {
        Frozen = null;
        (await SendAsync(http, HttpMethod.Post, $"fleets/alpha/{verb}")).ShouldBeTrue();
        Frozen = freezes;
    }

    private async Task CreateTokenAsync(HttpClient http)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"t{++_names}");
        Tokens[name] = null;
        (await SendAsync(http, HttpMethod.Post, "tokens", $$"""{"name":"{{name}}","scope":"read"}""")).ShouldBeTrue();
        Tokens[name] = true;
    }

    private async Task RevokeTokenAsync(HttpClient http)
    {
        if (Tokens.FirstOrDefault(t => t.Value == true).Key is not { } name)
            return;

        Tokens[name] = null;
        (await SendAsync(http, HttpMethod.Delete, $"tokens/{name}")).ShouldBeTrue();
        Tokens[name] = false;
    }

    private async Task<JsonElement?> AnyAsync(HttpClient http, string list)
    {
        var all = (await GetAsync(http, $"{list}?limit=50")).GetProperty(list);
        return all.GetArrayLength() is > 0 and var count ? all[Random(count)] : null;
    }

    private static async Task<JsonElement> GetAsync(HttpClient http, string path) =>
        await http.GetFromJsonAsync<JsonElement>($"http://wg-fleet/api/v1/{path}", TestContext.Current.CancellationToken);

    /// <summary>True if it is done, false if it is refused; it may be that another operator was first.</summary>
    private async Task<bool> SendAsync(HttpClient http, HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, $"http://wg-fleet/api/v1/{path}");
        if (json is not null)
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
            return false;

        answer.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {answer.StatusCode}");
        lock (_gate)
        {
            Done++;
            if (answer.Headers.TryGetValues("Wg-Fleet-Seq", out var told))
                Sequence = Math.Max(Sequence, long.Parse(told.Single(), CultureInfo.InvariantCulture));
        }

        return true;
    }

    private int Random(int below)
    {
        lock (_gate)
            return random.Next(below);
    }

    // The socket of the machine as this process sees it.
    private HttpClient Socket() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(gateway.Machine.Seen("/run/wg-fleet/admin.sock")), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { Timeout = Deadline.Hang };
}
