using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Fleets.State;
using WgFleet.Queries.Troubles;
using WgFleet.WireGuard;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Machines;

/// <summary>Machines that are copies with one key: operators learn of it, and the copy of the machine that registered makes a key of its own.</summary>
public class CloneTests
{
    private static readonly Who First = new("a1", "d1");
    private static readonly Who Copy = new("b2", "d2");

    [Fact]
    public async Task The_ping_of_the_copy_is_answered_409_and_the_first_machine_goes_on()
    {
        await using var server = await StartAsync();
        var client = await RegisterAsync(server, Some.Key(), First);

        (await PingAsync(server, client, First)).ShouldBe(200);
        (await PingAsync(server, client, Copy)).ShouldBe(200, "it may be the first machine after a start");
        (await PingAsync(server, client, First)).ShouldBe(200);
        server.Time.Advance(TimeSpan.FromSeconds(60));
        var before = client.Liveness.LastPing;

        using var request = Ping(client, Copy);
        (await server.SendAsync(request)).ShouldBe(Reply.Json(409, """{"detail":"Another machine has this key","regenerate":true}"""));
        client.Liveness.LastPing.ShouldBe(before);
        (await PingAsync(server, client, First)).ShouldBe(200);
        (await server.PingAsync("{}", client.Address.ToString())).Status.ShouldBe(200, "a machine with an old join.sh does not know the answer");
    }

    [Fact]
    public async Task A_copy_cannot_take_the_place_of_the_machine_that_registered_by_registering_with_its_own_facts()
    {
        await using var server = await StartAsync();
        var key = Some.Key();
        var client = await RegisterAsync(server, key, First);
        await PingAsync(server, client, First);
        await PingAsync(server, client, Copy);

        (await RegisterAsync(server, key, Copy, "later")).Id.ShouldBe(client.Id);
        server.Registry.Current.Fleet("alpha")!.ById[client.Id].Facts["identity"].ShouldBe(First.Fact);
        await PingAsync(server, client, First);
        (await PingAsync(server, client, Copy)).ShouldBe(409);
        (await RegisterAsync(server, key, First)).Facts["identity"].ShouldBe(First.Fact);
    }

    [Fact]
    public async Task A_machine_that_has_changed_is_believed_when_the_one_that_it_was_has_not_come_for_ten_minutes()
    {
        await using var server = await StartAsync();
        var key = Some.Key();
        var client = await RegisterAsync(server, key, First);
        await PingAsync(server, client, First);
        server.Time.Advance(TimeSpan.FromMinutes(1));
        await PingAsync(server, client, Copy);
        await RegisterAsync(server, key, Copy, "later");

        for (var minute = 0; minute < 10; minute++)
        {
            server.Time.Advance(TimeSpan.FromMinutes(1));
            (await PingAsync(server, client, Copy)).ShouldBe(200);
        }

        (await RegisterAsync(server, key, Copy)).Facts["identity"].ShouldBe(Copy.Fact);
        (await PingAsync(server, client, Copy)).ShouldBe(200);
        client.Liveness.Shared(server.Time.GetUtcNow()).ShouldBeNull();
    }

    [Fact]
    public async Task Of_copies_without_the_machine_that_registered_one_keeps_the_key()
    {
        await using var server = await StartAsync();
        var key = Some.Key();
        var client = await RegisterAsync(server, key, First);
        await PingAsync(server, client, First);
        Who[] copies = [new("b2", "d2"), new("c3", "d3"), new("d4", "d4")];
        var sent = new Dictionary<Who, int>();

        // As join.sh does: a round each minute, and the facts again for as long as they are not taken.
        for (var minute = 0; minute < 15; minute++)
        {
            server.Time.Advance(TimeSpan.FromMinutes(1));
            foreach (var copy in copies.Where(c => !sent.ContainsKey(c)))
            {
                if (await PingAsync(server, client, copy) == 409)
                    sent.Add(copy, minute);
                else if (server.Registry.Current.Fleet("alpha")!.ById[client.Id].Facts["identity"] != copy.Fact)
                    await RegisterAsync(server, key, copy, answer: null);
            }
        }

        sent.Keys.ShouldBe([copies[1], copies[2]]);
    }

    [Fact]
    public async Task Operators_are_told_by_the_event_the_list_of_what_is_wrong_the_page_the_command_and_the_API()
    {
        await using var server = await StartAsync();
        var client = await RegisterAsync(server, Some.Key(), First);
        await server.PingAsync("""{"hostname":"crane"}""", client.Address.ToString());
        foreach (var host in new[] { 7, 8, 7, 8, 7 })
        {
            server.WireGuard.Touch("wg_alpha", client.PublicKey, server.Time.GetUtcNow(), 0, new IPEndPoint(IPAddress.Parse($"192.0.2.{host}"), 51820));
            await server.Registry.ObserveAsync("alpha", Ct);
        }

        await server.Registry.ObserveAsync("alpha", Ct);
        using var socket = server.Socket();
        var events = await socket.GetFromJsonAsync<JsonElement>("/api/v1/events?last=20", Ct);
        events.GetProperty("events").EnumerateArray().Single(e => e.GetProperty("type").GetString() == "client.cloned").GetProperty("event").GetProperty("data").GetProperty("endpoints").GetRawText()
            .ShouldBe("""["192.0.2.8:51820","192.0.2.7:51820"]""");

        var trouble = server.Services.GetRequiredService<TroubleList>().Now().ShouldHaveSingleItem();
        (trouble.Kind, trouble.Severity, trouble.Sentence).ShouldBe((
            TroubleKind.ClientsCloned, Severity.Broken, "several machines seem to have the key of 1 client of alpha: crane, heard from 192.0.2.8:51820 and 192.0.2.7:51820"));

        const string text = "several machines seem to have its key, heard from 192.0.2.8:51820 and 192.0.2.7:51820";
        (await server.RunAsync(trouble.Command!.Split(' ')[1..])).Out.ShouldMatch($"\nshared key +since 2026-01-02 03:04:05Z, {text}\n");
        (await server.Http.GetStringAsync("/fleet/alpha/clients/crane", Ct)).ShouldContain($"<th scope=\"row\">Shared Key</th><td>since 2026-01-02 03:04:05 UTC {text}</td>");
        (await socket.GetFromJsonAsync<JsonElement>("/api/v1/clients/crane", Ct)).GetProperty("shared_key").GetProperty("text").GetString().ShouldBe(text);

        server.Time.Advance(KeyUse.Window + TimeSpan.FromSeconds(1));
        (await socket.GetFromJsonAsync<JsonElement>("/api/v1/clients/crane", Ct)).TryGetProperty("shared_key", out _).ShouldBeFalse();
    }

    private static async Task<int> PingAsync(TestServer server, RegisteredClient client, Who who)
    {
        // Two pings are never at the same moment.
        server.Time.Advance(TimeSpan.FromMilliseconds(1));
        return (await server.SendAsync(Ping(client, who))).Status;
    }

    private static HttpRequestMessage Ping(RegisteredClient client, Who who)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/fleet/alpha/ping") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Forwarded-For", client.Address.ToString());
        request.Headers.Add("Wg-Fleet-Machine", who.Header);
        return request;
    }

    /// <summary>Registers by HTTP; fails unless the header for facts that are not taken is as expected, or whatever it is with null.</summary>
    private static async Task<RegisteredClient> RegisterAsync(TestServer server, WireGuardKey key, Who who, string? answer = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/fleet/alpha/register")
        {
            Content = new StringContent($$$"""{"public_key":"{{{key}}}","facts":{"identity":"{{{who.Fact}}}"}}"""),
        };
        request.Headers.Add("Wg-Fleet-Machine", who.Header);
        using var response = await server.Http.SendAsync(request, Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        if (answer is not null)
            (response.Headers.TryGetValues("Wg-Fleet-Facts", out var values) ? string.Join(',', values) : "").ShouldBe(answer);

        return server.Registry.Current.Fleet("alpha")!.ByKey[key];
    }

    private sealed record Who(string Start, string Identity)
    {
        public string Header => $"{Start.PadLeft(16, '0')} {Fact}";

        public string Fact => Identity.PadLeft(16, '0');
    }
}
