using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Tests.Fleets.Naming;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Machines;

/// <summary>What machines are answered when a fleet has another policy for names.</summary>
public class HostnamePolicyTests
{
    [Fact]
    public async Task A_refused_name_is_409_with_its_holder_the_ping_counts_and_the_client_keeps_its_name()
    {
        await using var server = await StartAsync(c => c.With(HostnamePolicy.Refuse));
        var (first, second) = (await server.JoinAsync(), await server.JoinAsync());
        await AskAsync(server, first, "d14");
        await AskAsync(server, second, "d15");
        server.Time.Advance(TimeSpan.FromSeconds(60));

        (await AskAsync(server, second, "d14")).ShouldBe((409, $$"""{"detail":"Hostname 'd14' is taken: {{first.Address}} has it"}""", "d15.alpha.example.test", null));

        second.Liveness.LastPing.ShouldBe(server.Time.GetUtcNow());
        (await AskAsync(server, first, "d14")).ShouldBe((200, """{"status":"ok"}""", "d14.alpha.example.test", null));
        var trouble = (await server.Http.GetFromJsonAsync<JsonElement>("/api/v1/troubles", Ct)).GetProperty("troubles").EnumerateArray().Single(t => t.GetProperty("kind").GetString() == "names_refused");
        trouble.GetProperty("text").GetString().ShouldBe($"1 client of alpha asks for a name that another one has: {second.Address} for d14");
    }

    [Fact]
    public async Task With_a_roster_a_ping_without_a_name_is_told_the_seats_name_and_a_stranger_is_told_none()
    {
        await using var server = await StartAsync(c => c.With(HostnamePolicy.Roster, "seat,hostname,serial\nD14,dell-14,SN14\n"));
        var (machine, stranger) = (await RegisterAsync(server, "SN14"), await RegisterAsync(server, "SN99"));

        (await AskAsync(server, machine, null)).ShouldBe((200, """{"status":"ok"}""", "dell-14.alpha.example.test", server.Registry.Current.Sequence.ToString()));
        (await AskAsync(server, stranger, "dell-14")).ShouldBe((200, """{"status":"ok"}""", null, null));
        (await AskAsync(server, machine, "Not A Name")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Without_the_key_a_ping_without_a_name_has_no_header_of_a_name()
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();
        await AskAsync(server, client, "web");

        (await AskAsync(server, client, null)).ShouldBe((200, """{"status":"ok"}""", null, null));
    }

    private static async Task<RegisteredClient> RegisterAsync(TestServer server, string serial)
    {
        var key = Some.Key();
        using var answer = await server.Http.PostAsJsonAsync("/fleet/alpha/register", new { public_key = key.ToString(), facts = new { board_serial = serial } }, Ct);
        answer.EnsureSuccessStatusCode();
        return server.Registry.Current.Fleet("alpha")!.ByKey[key];
    }

    private static async Task<(int Status, string Body, string? Name, string? Sequence)> AskAsync(TestServer server, RegisteredClient client, string? hostname)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/fleet/alpha/ping")
        {
            Content = new StringContent(JsonSerializer.Serialize(new { hostname }), Encoding.UTF8, "application/json"),
            Headers = { { "X-Forwarded-For", client.Address.ToString() } },
        };
        using var answer = await server.Http.SendAsync(request, Ct);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct), Header("Wg-Fleet-Hostname"), Header("Wg-Fleet-Seq"));

        string? Header(string name) => answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;
    }
}
