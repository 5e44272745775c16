using System.Net;
using System.Text.Json;

namespace WgFleet.Tests.Dashboard.Live;

/// <summary>A browser that has a page open: hears what its stream tells, message by message, while the clock goes on.</summary>
internal sealed class LiveReader : IDisposable
{
    private readonly TestServer _server;
    private readonly HttpClient _http;
    private readonly StreamReader _stream;

    private LiveReader(TestServer server, HttpClient http, StreamReader stream) => (_server, _http, _stream) = (server, http, stream);

    public static async Task<LiveReader> OpenAsync(TestServer server, string path, string? token = null)
    {
        var http = new HttpClient { BaseAddress = server.Addresses[0] };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null)
            request.Headers.Add("Authorization", $"Bearer {token}");

        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestServer.Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/event-stream");
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        return new LiveReader(server, http, new StreamReader(await response.Content.ReadAsStreamAsync(TestServer.Ct)));
    }

    /// <summary>The next message that changes the page; null when the stream has ended.</summary>
    public async Task<Message?> NextAsync()
    {
        while (await NextOrHeartbeatAsync() is { } message)
        {
            if (!message.IsHeartbeat)
                return message;
        }

        return null;
    }

    /// <summary>The next message, which may only say that the server is there; null when the stream has ended.</summary>
    public async Task<Message?> NextOrHeartbeatAsync()
    {
        while (await LineAsync() is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                return new Message(JsonDocument.Parse(line[6..]).RootElement);
        }

        return null;
    }

    public void Dispose()
    {
        _stream.Dispose();
        _http.Dispose();
    }

    private async Task<string?> LineAsync()
    {
        var line = _stream.ReadLineAsync(TestServer.Ct).AsTask();

        // The server waits on a clock that only we move.
        while (await Task.WhenAny(line, Task.Delay(TimeSpan.FromMilliseconds(20), TestServer.Ct)) != line)
            _server.Time.Advance(TimeSpan.FromSeconds(1));

        return await line;
    }

    /// <summary>What one message says.</summary>
    internal sealed record Message(JsonElement Json)
    {
        private static readonly string[] OfEveryPage = ["at", "state", "state text", "troubles"];

        /// <summary>Whether it has nothing but the time and the bar of the page, which follows what is wrong anywhere in the server.</summary>
        public bool IsHeartbeat => Json.EnumerateObject().All(p => OfEveryPage.Contains(p.Name));

        public string? this[string place] => Json.TryGetProperty(place, out var text) ? text.GetString() : null;

        /// <summary>The ids of the rows as they are to stand; null if that has not changed.</summary>
        public long[]? Order => Json.TryGetProperty("order", out var order) ? [.. order.EnumerateArray().Select(i => i.GetInt64())] : null;

        /// <summary>The rows that it tells of, each with all its cells.</summary>
        public IReadOnlyList<JsonElement[]> Rows => Json.TryGetProperty("rows", out var rows) ? [.. rows.EnumerateArray().Select(r => r.EnumerateArray().ToArray())] : [];

        public int? Fresh => Json.TryGetProperty("fresh", out var fresh) ? fresh.GetInt32() : null;
    }
}
