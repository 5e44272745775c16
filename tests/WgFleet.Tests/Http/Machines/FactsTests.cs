using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Store;
using WgFleet.Tests.Http.Api;
using WgFleet.WireGuard;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Machines;

/// <summary>A machine says what it is when it registers, and operators find it by that.</summary>
public class FactsTests
{
    private const string Said = """{"image":"2026.11.27","cards":"52-54-00-AB-CD-EF 525400abcdf0","board_serial":" 5CG1234 ","team":"red","os":null,"kernel":""}""";

    [Fact]
    public async Task What_a_machine_says_is_in_the_API_in_the_command_and_on_its_page_and_searches_find_it()
    {
        await using var server = await StartAsync();
        var key = Some.Key();
        (await RegisterAsync(server, $$"""{"public_key":"{{key}}","facts":{{Said}}}""")).Status.ShouldBe(200);
        await server.JoinAsync();
        using var socket = server.Socket();

        var client = await socket.GetFromJsonAsync<JsonElement>($"/api/v1/clients/{Uri.EscapeDataString(key.ToString())}", Ct);
        client.GetProperty("facts").GetRawText().ShouldBe("""{"image":"2026.11.27","board_serial":"5CG1234","cards":"52:54:00:ab:cd:ef 52:54:00:ab:cd:f0"}""");

        var found = await socket.GetFromJsonAsync<JsonElement>("/api/v1/clients?q=5cg1234", Ct);
        found.GetProperty("clients").EnumerateArray().Single().GetProperty("public_key").GetString().ShouldBe(key.ToString());

        (await server.RunAsync("clients", "show", key.ToString())).Out.ShouldMatch("\nimage +2026.11.27\nboard serial +5CG1234\ncards +52:54:00:ab:cd:ef 52:54:00:ab:cd:f0\n\\z");
        (await server.Http.GetStringAsync($"/fleet/alpha/clients/{Uri.EscapeDataString(key.ToString())}", Ct)).ShouldContain("<th scope=\"row\">Board Serial</th><td class=\"said\">5CG1234</td>");
    }

    [Fact]
    public async Task A_removed_client_keeps_its_facts_and_has_them_when_it_is_restored()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await JoinAsync(test, Some.Key(), "2026.11.27");
        await test.RemoveAsync(client);
        var tombstone = test.Tombstones.ShouldHaveSingleItem();

        tombstone.Facts["image"].ShouldBe("2026.11.27");
        (await test.Registry.RestoreAsync(tombstone, Acting.As("ops"))).Facts["image"].ShouldBe("2026.11.27");
    }

    [Fact]
    public async Task A_machine_that_comes_back_with_another_image_makes_an_event_and_keeps_its_address()
    {
        await using var test = await TestRegistry.StartAsync();
        var key = Some.Key();
        var before = await JoinAsync(test, key, "2026.11.20");
        var after = await JoinAsync(test, key, "2026.11.27");
        await JoinAsync(test, key, "2026.11.27");

        (after.Id, after.Address).ShouldBe((before.Id, before.Address));
        test.Events.Select(e => e.Type).ShouldBe([EventTypes.ClientAdded, EventTypes.ClientImageChanged]);
        var changed = test.Events[^1].ShouldBeOfType<ClientImageChanged>();
        (changed.Previous, changed.Client.Facts["image"]).ShouldBe(("2026.11.20", "2026.11.27"));
        EventTypes.Tell(changed).ShouldBe("runs image 2026.11.27, before 2026.11.20");

        await test.RestartAsync();
        test.Alpha.ByKey[key].Facts["image"].ShouldBe("2026.11.27");
    }

    [Fact]
    public async Task A_machine_that_says_something_else_makes_an_event_for_projections_and_one_that_says_nothing_keeps_its_facts()
    {
        await using var test = await TestRegistry.StartAsync();
        var key = Some.Key();
        await test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true);
        await test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true, facts: Says("kernel", "6.12.57"));
        await test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true, facts: Says("image", "2026.11.27"));
        var silent = await test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true);

        test.Events.Select(e => e.Type).ShouldBe([EventTypes.ClientAdded, EventTypes.ClientFactsChanged, EventTypes.ClientFactsChanged]);
        new Change(test.Events.TakeLast(1).ToList(), test.Registry.Current).TouchesClients.ShouldBeTrue();
        silent.Facts.ShouldBe(Says("image", "2026.11.27"));
    }

    [Theory]
    [InlineData("""[]""", "facts", "should be an object of texts")]
    [InlineData("\"x\"", "facts", "should be an object of texts")]
    [InlineData("""{"image":5}""", "facts\",\"image", "should be a text")]
    [InlineData("""{"image":"\ud800"}""", "facts\",\"image", "should be a text")]
    [InlineData("""{"os":"a\nb"}""", "facts\",\"os", "should be one line of text")]
    [InlineData("""{"os":"a\u202eb"}""", "facts\",\"os", "should be one line of text")]
    [InlineData("""{"cards":"52:54:00"}""", "facts\",\"cards", "should be addresses of network cards, such as 52:54:00:12:34:56, with blanks between them")]
    [InlineData("LONG", "facts\",\"kernel", "should have at most 512 characters")]
    [InlineData("LARGE", "facts", "should have at most 4096 bytes")]
    public async Task Facts_that_cannot_be_kept_are_refused_with_the_reason_and_nobody_is_registered(string facts, string location, string why)
    {
        await using var server = await StartAsync();
        facts = facts switch
        {
            "LONG" => $$"""{"kernel":"{{new string('x', 513)}}"}""",
            "LARGE" => $$"""{"unknown":"{{new string('x', 4096)}}"}""",
            _ => facts,
        };

        (await RegisterAsync(server, $$"""{"public_key":"{{Some.Key()}}","facts":{{facts}}}"""))
            .ShouldBe(Reply.Json(422, $$$"""{"detail":[{"type":"value_error","loc":["body","{{{location}}}"],"msg":"Input {{{why}}}"}]}"""));
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData("""[{"facts":5}]""")]
    [InlineData("""{"facts":5""")]
    [InlineData("""{"facts":null}""")]
    [InlineData("facts=5")]
    [InlineData("""{"fact":{"image":5}}""")]
    public async Task A_body_that_is_no_object_with_facts_is_ignored_as_ever(string body)
    {
        await using var server = await StartAsync();

        (await RegisterAsync(server, body)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_machine_whose_key_the_server_makes_may_say_what_it_is_too()
    {
        await using var server = await StartAsync();

        (await RegisterAsync(server, """{"facts":{"image":"2026.11.27"}}""")).Body.ShouldContain("PrivateKey = ");

        server.Registry.Current.Fleet("alpha")!.ById.Values.Single().Facts["image"].ShouldBe("2026.11.27");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("""{"image":5,"os":"a\nb","team":"red"}""")]
    public void What_another_program_wrote_into_the_database_and_cannot_be_read_is_left_out(string? stored) => Facts.Read(stored).ShouldBeEmpty();

    private static Task<RegisteredClient> JoinAsync(TestRegistry test, WireGuardKey key, string image) =>
        test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true, facts: Says("image", image));

    private static Dictionary<string, string> Says(string name, string value) => new() { [name] = value };

    private static Task<Reply> RegisterAsync(TestServer server, string body) => server.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/fleet/alpha/register")
    {
        Content = new StringContent(body, Encoding.UTF8, "application/json"),
    });
}
