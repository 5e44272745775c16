using System.Net;
using WgFleet.Store;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Api;

public class EventStreamTests
{
    [Fact]
    public async Task Events_are_streamed_as_they_happen_and_a_reader_can_resume()
    {
        await using var server = await StartAsync();
        var token = server.Token(TokenRow.Read);
        using var stream = await OpenAsync(server, token);
        var client = await server.JoinAsync();

        var told = await stream.EventAsync();
        told.ShouldContain("event: client.added");
        told.ShouldContain(l => l.StartsWith("data: {\"specversion\":\"1.0\"", StringComparison.Ordinal) && l.Contains($"\"{client.Address}\""));
        var id = told.Single(l => l.StartsWith("id: ", StringComparison.Ordinal))[4..];

        await ApiTests.NamedAsync(server, "web");
        using var again = await OpenAsync(server, token, ("Last-Event-ID", id));
        (await again.EventAsync()).ShouldContain("event: client.added");
        (await again.EventAsync()).ShouldContain("event: client.hostname_changed");
    }

    [Fact]
    public async Task A_stream_ends_when_its_token_does()
    {
        await using var server = await StartAsync();
        server.Token(name: "other");
        using var stream = await OpenAsync(server, server.Token(TokenRow.Read));
        server.Tokens().Revoke(TokenRow.Admin, "ops", "a test", mayOpen: false);

        await server.JoinAsync();

        (await stream.EventAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Streams_end_when_the_server_stops()
    {
        var server = await StartAsync();
        using var stream = await OpenAsync(server, null);
        var rest = stream.EventAsync();
        await server.DisposeAsync();
        (await rest).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_poll_with_no_wait_time_is_answered_at_once()
    {
        await using var server = await StartAsync();
        using var answer = await server.AskAsync("GET", "/api/v1/events?after=1000&wait=0");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldEndWith("\"events\":[]}");
    }

    private static async Task<Reader> OpenAsync(TestServer server, string? token, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events");
        request.Headers.Add("Accept", "text/event-stream");
        if (token is not null)
            request.Headers.Add("Authorization", $"Bearer {token}");
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);

        var http = new HttpClient { BaseAddress = server.Addresses[0] };
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var reader = new Reader(http, new StreamReader(await response.Content.ReadAsStreamAsync(Ct)));
        (await reader.LineAsync()).ShouldBe(": wg-fleet");
        return reader;
    }

    private sealed class Reader(HttpClient http, StreamReader stream) : IDisposable
    {
        public async Task<string?> LineAsync() => await stream.ReadLineAsync(Ct);

        /// <summary>The lines of the next event; empty when the stream ends.</summary>
        public async Task<List<string>> EventAsync()
        {
            var lines = new List<string>();
            while (await LineAsync() is { } line)
            {
                if (line.Length == 0 && lines.Count > 0)
                    break;
                if (line.Length > 0 && line[0] != ':')
                    lines.Add(line);
            }

            return lines;
        }

        public void Dispose()
        {
            stream.Dispose();
            http.Dispose();
        }
    }
}
