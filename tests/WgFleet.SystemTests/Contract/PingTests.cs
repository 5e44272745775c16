using System.Text;
using System.Text.Json;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Contract;

/// <summary>POST /fleet/{fleet}/ping: who may, with what body, and what is answered.</summary>
public class PingTests(RunningServer server) : SharedServerTests(server)
{
    private static readonly Answer Ok = new(200, """{"status":"ok"}""", "application/json");

    private string Tunnel => $"http://[{Client.Registration.ServerAddress}]:8000/fleet/alpha/ping";

    [Fact]
    public async Task A_client_is_answered_through_its_tunnel()
    {
        (await Client.PingAsync()).ShouldBe(Ok);
        (await Client.PingAsync("a-name")).ShouldBe(Ok);
    }

    [Fact]
    public async Task An_unknown_fleet_is_told_by_name() =>
        (await Client.PingAsync(fleet: "nosuch")).ShouldBe(new Answer(404, """{"detail":"Fleet 'nosuch' not found"}""", "application/json"));

    [Fact]
    public async Task An_IPv4_source_is_no_client() =>
        (await RequestAsync(HttpMethod.Post, "/fleet/alpha/ping", "{}", "application/json"))
            .ShouldBe(new Answer(403, """{"detail":"Invalid IP address"}""", "application/json"));

    [Fact]
    public async Task An_IPv6_source_outside_the_subnet_is_no_client() =>
        (await Client.Machine.SendAsync(HttpMethod.Post, "http://[2001:db8::1]:8000/fleet/alpha/ping", "{}"u8.ToArray(), "application/json"))
            .ShouldBe(new Answer(403, """{"detail":"IP not in fleet subnet: 2001:db8::101"}""", "application/json"));

    [Fact]
    public async Task The_gateway_itself_is_no_client() =>
        (await Gateway.Machine.SendAsync(HttpMethod.Post, Tunnel, "{}"u8.ToArray(), "application/json"))
            .ShouldBe(new Answer(404, """{"detail":"Client not registered"}""", "application/json"));

    [Fact]
    public async Task An_address_of_the_subnet_that_nobody_has_is_no_client() =>
        (await Gateway.ForwardAsync("/fleet/alpha/ping", "fd00:a0a8:34d:a0::77", "{}"))
            .ShouldBe(new Answer(404, """{"detail":"Client not registered"}""", "application/json"));

    [Theory]
    [InlineData("a.b")]
    [InlineData("A")]
    [InlineData("a b")]
    [InlineData("é")]
    [InlineData(" ")]
    [InlineData("../x")]
    public async Task A_name_of_other_characters_is_refused(string name)
    {
        await Client.PingAsync("before");

        (await Client.PingAsync(name)).ShouldBe(new Answer(400, """{"detail":"Invalid hostname format"}""", "application/json"));

        Gateway.HostsFile.ShouldBe($"{Client.Registration.Address} before.alpha.example.net\n");
    }

    [Theory]
    [InlineData("-")]
    [InlineData("--2")]
    [InlineData("-lead")]
    [InlineData("0")]
    [InlineData("_")]
    public async Task Odd_names_are_fine(string name)
    {
        (await Client.PingAsync(name)).ShouldBe(Ok);

        Gateway.HostsFile.ShouldBe($"{Client.Registration.Address} {name}.alpha.example.net\n");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"hostname":null}""")]
    [InlineData("""{"hostname":""}""")]
    [InlineData("""{"foo":1}""")]
    [InlineData("\uFEFF{}")]
    public async Task A_ping_without_a_name_leaves_the_name_alone(string body)
    {
        await Client.PingAsync("kept");

        (await SendAsync(Encoding.UTF8.GetBytes(body))).ShouldBe(Ok);

        Gateway.HostsFile.ShouldBe($"{Client.Registration.Address} kept.alpha.example.net\n");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/Vnd.fleet+JSON")]
    public async Task Content_types_of_JSON_and_none_at_all_are_fine(string? contentType)
    {
        await Client.PingAsync("before");

        (await SendAsync("""{"hostname":"after"}"""u8.ToArray(), contentType)).ShouldBe(Ok);

        Gateway.HostsFile.ShouldBe($"{Client.Registration.Address} after.alpha.example.net\n");
    }

    [Fact]
    public async Task The_last_of_two_names_counts()
    {
        (await SendAsync("""{"hostname":"one","hostname":"two"}"""u8.ToArray())).ShouldBe(Ok);

        Gateway.HostsFile.ShouldBe($"{Client.Registration.Address} two.alpha.example.net\n");
    }

    [Fact]
    public async Task No_body_at_all_is_unprocessable() => ShouldBeUnprocessable(await Client.Machine.SendAsync(HttpMethod.Post, Tunnel));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("hello")]
    [InlineData("{} x")]
    [InlineData("\"x\"")]
    [InlineData("5")]
    [InlineData("[]")]
    [InlineData("{}", "text/plain")]
    [InlineData("{}", "application/x-www-form-urlencoded")]
    [InlineData("""{"hostname":5}""")]
    [InlineData("""{"hostname":true}""")]
    [InlineData("""{"hostname":["a"]}""")]
    [InlineData("""{"hostname":{}}""")]
    public async Task A_body_of_another_kind_is_unprocessable(string body, string contentType = "application/json") =>
        ShouldBeUnprocessable(await SendAsync(Encoding.UTF8.GetBytes(body), contentType));

    [Fact]
    public async Task A_body_that_is_not_UTF8_cannot_be_parsed() =>
        (await SendAsync([.. "{\"hostname\":\""u8, 0xff, .. "\"}"u8]))
            .ShouldBe(new Answer(400, """{"detail":"There was an error parsing the body"}""", "application/json"));

    [Fact]
    public async Task A_body_that_is_nested_without_end_cannot_be_parsed() =>
        (await SendAsync(Encoding.UTF8.GetBytes(new string('[', 20000))))
            .ShouldBe(new Answer(400, """{"detail":"There was an error parsing the body"}""", "application/json"));

    [Fact]
    public async Task Checks_are_made_body_first_then_fleet_source_registration_and_name()
    {
        const string nowhere = "203.0.113.1";
        const string nobody = "fd00:a0a8:34d:a0::77";

        (await Gateway.ForwardAsync("/fleet/nosuch/ping", nowhere, "{")).Status.ShouldBe(422);
        (await Gateway.ForwardAsync("/fleet/nosuch/ping", nowhere, """{"hostname":"BAD"}""")).Body.ShouldBe("""{"detail":"Fleet 'nosuch' not found"}""");
        (await Gateway.ForwardAsync("/fleet/alpha/ping", nowhere, """{"hostname":"BAD"}""")).Body.ShouldBe("""{"detail":"Invalid IP address"}""");
        (await Gateway.ForwardAsync("/fleet/alpha/ping", nobody, """{"hostname":"BAD"}""")).Body.ShouldBe("""{"detail":"Client not registered"}""");
    }

    [Fact]
    public async Task A_ping_moves_the_stored_time_and_a_refused_one_does_not()
    {
        var client = await Gateway.RegisterAsync();
        var select = $"SELECT timestamp FROM clients WHERE assigned_ip = '{client.Address}'";
        var registered = await Gateway.SqlAsync(select);
        registered.ShouldMatch(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$");

        (await Gateway.PingForAsync(client, "NO")).Status.ShouldBe(400);
        (await Gateway.SqlAsync(select)).ShouldBe(registered);
        (await Gateway.PingForAsync(client)).Status.ShouldBe(200);

        // The server may gather such times before it writes them.
        await Deadline.UntilAsync("the time has moved", async () => string.CompareOrdinal(await Gateway.SqlAsync(select), registered) > 0);
    }

    [Fact]
    public async Task A_body_over_64_KiB_is_refused()
    {
        const string frame = """{"hostname":"a","x":""}""";
        var largest = frame.Replace("\"\"", $"\"{new string('x', 65536 - frame.Length)}\"", StringComparison.Ordinal);

        (await SendAsync(Encoding.UTF8.GetBytes(largest))).ShouldBe(Ok);
        (await SendAsync(Encoding.UTF8.GetBytes(largest + " "))).Status.ShouldBe(413);
    }

    private Task<Answer> SendAsync(byte[] body, string? contentType = "application/json") =>
        Client.Machine.SendAsync(HttpMethod.Post, Tunnel, body, contentType);

    private static void ShouldBeUnprocessable(Answer answer)
    {
        answer.Status.ShouldBe(422, answer.Body);
        answer.ContentType.ShouldBe("application/json");
        using var json = JsonDocument.Parse(answer.Body);
        foreach (var problem in json.RootElement.GetProperty("detail").EnumerateArray())
        {
            problem.GetProperty("type").GetString().ShouldNotBeNullOrEmpty();
            problem.GetProperty("loc")[0].GetString().ShouldBe("body");
            problem.GetProperty("msg").GetString().ShouldNotBeNullOrEmpty();
        }

        json.RootElement.GetProperty("detail").GetArrayLength().ShouldBe(1);
    }
}
