using System.Net;
using System.Text;
using System.Text.Json;
using WgFleet.Config;
using WgFleet.Tests.Harness;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Api;

/// <summary>Somebody who knows the hall sets the roster of a fleet while the server runs.</summary>
public class RosterEndpointsTests
{
    private const string Path = "/api/v1/fleets/alpha/roster";
    private const string Hall = "# the hall\r\nseat,hostname\r\nD14,dell-14\r\nD15,dell-15\r\n";

    [Fact]
    public async Task An_operator_sets_a_roster_gets_it_back_as_it_was_and_deletes_it()
    {
        await using var server = await ByApiAsync();
        (await SendAsync(server, "GET")).ShouldBe((404, null, "fleet alpha has no roster"));

        var set = await SendAsync(server, "PUT", Bytes("\ufeff" + Hall));

        set.Status.ShouldBe(200);
        var answer = JsonDocument.Parse(set.Text).RootElement;
        answer.GetProperty("text").GetString().ShouldBe("2 seats added");
        var got = await SendAsync(server, "GET");
        got.ShouldBe((200, answer.GetProperty("etag").GetString(), Hall));
        server.Registry.Current.Fleet("alpha")!.Config.Roster!.Saved!.Value.By.ShouldStartWith("ops-");
        (await SendAsync(server, "DELETE")).Text.ShouldContain("2 seats removed");
        (await SendAsync(server, "DELETE")).Text.ShouldContain("\"changed\":false");
        (await SendAsync(server, "GET")).Status.ShouldBe(404);
        (await SendAsync(server, "GET", path: "/api/v1/events")).Text.ShouldContain("2 seats added");
    }

    [Fact]
    public async Task The_roll_call_follows_at_once_and_a_machine_of_the_new_roster_is_named_and_let_in()
    {
        await using var server = await ByApiAsync(f => f with { Hostnames = HostnamePolicy.Roster });
        var client = await server.JoinAsync();
        await server.PingAsync("""{"hostname":"d14"}""", client.Address.ToString());
        (await server.Http.GetAsync("/api/v1/fleets/alpha/rollcall", Ct)).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        await SendAsync(server, "PUT", Bytes($"seat,key\nD14,{client.PublicKey}\n"));

        (await SendAsync(server, "GET", path: "/api/v1/fleets/alpha/rollcall")).Text.ShouldContain("\"seat\":\"D14\",\"state\":\"missing\"");
        await server.PingAsync("{}", client.Address.ToString());
        Name().ShouldBe("d14");
        await SendAsync(server, "DELETE");
        await server.PingAsync("{}", client.Address.ToString());
        Name().ShouldBe("d14");
        await SendAsync(server, "PUT", Bytes("seat,hostname\nD15,d15\n"));
        await server.PingAsync("{}", client.Address.ToString());
        Name().ShouldBeNull();

        string? Name() => server.Registry.Current.Fleet("alpha")!.ById[client.Id].Hostname;
    }

    [Theory]
    [InlineData("", "roster: is empty, begin with a header such as seat,hostname")]
    [InlineData("seat,team,hostname\nA,b,c\n", "roster:1: unknown column 'team', allowed are seat, hostname, key, serial, card, switch_port, image, row, column")]
    [InlineData("seat,hostname\r\nA,a\r\nA,b\r\nB,-\r\n", "roster:3: seat: 'A' is on line 2 already, each seat stands once; roster:4: hostname: '-' cannot be a name in DNS, use 1 to 63 of a-z, 0-9, - and _, without - at either end")]
    public async Task A_mistake_is_told_with_its_line_and_the_roster_of_before_stays(string csv, string detail)
    {
        await using var server = await ByApiAsync();
        await SendAsync(server, "PUT", Bytes(Hall));

        (await SendAsync(server, "PUT", Bytes(csv))).ShouldBe((400, null, detail));

        (await SendAsync(server, "GET")).Text.ShouldBe(Hall);
    }

    [Fact]
    public async Task What_is_not_UTF_8_is_refused()
    {
        await using var server = await ByApiAsync();

        (await SendAsync(server, "PUT", [.. "seat,hostname\nA,"u8, 0xff])).Text.ShouldBe("roster:2:3: not UTF-8 text from here, save the file as UTF-8 without control characters");
    }

    [Fact]
    public async Task A_hall_of_ten_thousand_seats_fits_and_what_is_larger_than_4_MiB_does_not()
    {
        await using var server = await ByApiAsync();
        var csv = "seat,hostname,serial,card,switch_port,image,row,column\n" + string.Concat(Enumerable.Range(0, 10_000).Select(i =>
            $"seat-{i},machine-{i},SERIAL-NUMBER-{i},5254{i:x8},switch-{i / 48} GigabitEthernet1/0/{i % 48},2026.11.27,{(i / 100) + 1},{(i % 100) + 1}\n"));

        (await SendAsync(server, "PUT", Bytes(csv))).Status.ShouldBe(200);

        server.Registry.Current.Fleet("alpha")!.Config.Roster!.Seats.Count.ShouldBe(10_000);
        (await SendAsync(server, "PUT", new byte[(4 << 20) + 1])).ShouldBe((413, null, "Request body too large"));
        (await SendAsync(server, "PUT", new byte[100_000], path: "/api/v1/fleets/alpha/freeze")).Status.ShouldBe(413);
    }

    [Fact]
    public async Task Of_two_operators_who_change_one_roster_at_once_the_second_is_told_to_get_it_again()
    {
        await using var server = await ByApiAsync();
        await SendAsync(server, "PUT", Bytes(Hall));
        var tag = (await SendAsync(server, "GET")).Tag!;

        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(i => SendAsync(server, "PUT", Bytes($"seat,hostname\nA,a{i}\n"), match: tag)));

        both.Select(b => b.Status).Order().ShouldBe([200, 412]);
        both.Single(b => b.Status == 412).Text.ShouldBe("somebody else has changed the roster of fleet alpha meanwhile: get it again, and repeat your change");
        (await SendAsync(server, "DELETE", match: tag)).Status.ShouldBe(412);
        (await SendAsync(server, "PUT", Bytes(Hall), noneMatch: "*")).Status.ShouldBe(412);
        (await SendAsync(server, "PUT", Bytes(Hall), match: "tag")).Text.ShouldBe("If-Match is not an ETag: use the one of the answer to GET, with its quotes");
        (await SendAsync(server, "DELETE", match: "*")).Status.ShouldBe(200);
        (await SendAsync(server, "PUT", Bytes(Hall), noneMatch: "*")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_viewer_a_fleet_that_is_not_there_and_one_whose_roster_is_a_file_are_refused()
    {
        await using var server = await StartAsync(c => c.WithRoster("seat,hostname\nD14,d14\n"));
        var file = server.Config.Fleets[0].Roster!.Path;

        (await SendAsync(server, "PUT", Bytes(Hall))).ShouldBe((409, null, $"the roster of fleet alpha is the file {file}: change that file and reload, or write 'roster: api' in fleets.alpha and reload"));
        (await SendAsync(server, "DELETE")).Status.ShouldBe(409);
        (await SendAsync(server, "GET")).Text.ShouldBe("seat,hostname\nD14,d14\n");
        (await SendAsync(server, "PUT", Bytes(Hall), path: "/api/v1/fleets/beta/roster")).Text.ShouldBe("fleet beta has no roster: write 'roster: api' in fleets.beta, and reload");
        (await SendAsync(server, "PUT", Bytes(Hall), path: "/api/v1/fleets/nosuch/roster")).ShouldBe((404, null, "there is no fleet 'nosuch'"));
        (await SendAsync(server, "PUT", Bytes(Hall), scope: "read")).Status.ShouldBe(403);
        (await SendAsync(server, "GET", scope: "read")).Status.ShouldBe(200);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static Task<TestServer> ByApiAsync(Func<FleetConfig, FleetConfig>? change = null) =>
        StartAsync(c => c with { Fleets = [(change ?? (f => f))(c.Fleets[0] with { RosterByApi = true }), .. c.Fleets.Skip(1)] });

    private static async Task<(int Status, string? Tag, string Text)> SendAsync(
        TestServer server, string method, byte[]? body = null, string path = Path, string? match = null, string? noneMatch = null, string scope = "write")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {server.Token(scope, $"ops-{Guid.NewGuid():N}")}");
        // So that a body that is refused is not sent, and the connection not closed in the middle of it.
        request.Headers.ExpectContinue = body is not null;
        if (match is not null)
            request.Headers.TryAddWithoutValidation("If-Match", match);
        if (noneMatch is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", noneMatch);

        using var answer = await server.Http.SendAsync(request, Ct);
        var text = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(Ct));
        var isProblem = answer.Content.Headers.ContentType?.MediaType == "application/problem+json";
        return ((int)answer.StatusCode, answer.Headers.ETag?.Tag, isProblem ? JsonDocument.Parse(text).RootElement.GetProperty("detail").GetString()! : text);
    }
}
