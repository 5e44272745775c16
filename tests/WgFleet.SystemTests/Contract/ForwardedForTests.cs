using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Contract;

/// <summary>X-Forwarded-For: who is believed, and how the header is read.</summary>
public class ForwardedForTests(RunningServer server) : SharedServerTests(server)
{
    private string Known => Client.Registration.Address;

    [Theory]
    [InlineData("http://127.0.0.1:8000")]
    [InlineData("http://[::1]:8000")]
    public async Task A_proxy_on_the_gateway_is_believed(string url) =>
        (await PingAsync(Gateway.Machine, url, ("x-forwarded-for", Known))).Status.ShouldBe(200);

    [Fact]
    public async Task The_gateways_other_addresses_are_not_believed()
    {
        (await PingAsync(Gateway.Machine, Gateway.Url, ("x-forwarded-for", Known))).Body.ShouldBe("""{"detail":"Invalid IP address"}""");
        (await PingAsync(Gateway.Machine, "http://[2001:db8::1]:8000", ("x-forwarded-for", Known))).Body
            .ShouldBe("""{"detail":"IP not in fleet subnet: 2001:db8::1"}""");
    }

    [Fact]
    public async Task A_client_cannot_speak_for_another()
    {
        var other = await Gateway.RegisterAsync();

        (await PingAsync(Client.Machine, $"http://[{Client.Registration.ServerAddress}]:8000", ("x-forwarded-for", other.Address), "mine")).Status.ShouldBe(200);

        Gateway.HostsFile.ShouldContain($"{Known} mine.alpha.example.net\n");
        Gateway.HostsFile.ShouldNotContain(other.Address + " ");
    }

    [Theory]
    [InlineData("{0}, 127.0.0.1", 200)]
    [InlineData("{0}, ::1, 127.0.0.1", 200)]
    [InlineData("203.0.113.1, {0}", 200)]
    [InlineData("  {0}  ,127.0.0.1 ", 200)]
    [InlineData("{0}, 203.0.113.1", 403)]
    public async Task The_last_entry_that_is_not_the_gateway_itself_counts(string header, int status) =>
        (await Gateway.ForwardAsync("/fleet/alpha/ping", header.Replace("{0}", Known, StringComparison.Ordinal), "{}")).Status.ShouldBe(status);

    [Fact]
    public async Task Of_two_header_lines_the_last_one_counts()
    {
        // HttpClient would join them; curl sends what it is told.
        (await TwoLinesAsync(Known, "127.0.0.1")).ShouldBe("403");
        (await TwoLinesAsync("203.0.113.1", Known)).ShouldBe("200");
    }

    [Theory]
    [InlineData("[{0}]", 403, "Invalid IP address")]
    [InlineData("[{0}]:4711", 403, "Invalid IP address")]
    [InlineData("not-an-ip", 403, "Invalid IP address")]
    [InlineData("::ffff:203.0.113.1", 403, "IP not in fleet subnet: ::ffff:203.0.113.1")]
    [InlineData("fd99:0:0:1::2", 403, "IP not in fleet subnet: fd99:0:0:1::2")]
    [InlineData("{0}%eth0", 404, "Client not registered")]
    public async Task An_entry_is_taken_as_it_is_written(string header, int status, string detail)
    {
        var answer = await Gateway.ForwardAsync("/fleet/alpha/ping", header.Replace("{0}", Known, StringComparison.Ordinal), "{}");

        answer.ShouldBe(new Answer(status, $$"""{"detail":"{{detail}}"}""", "application/json"));
    }

    [Fact]
    public async Task An_address_in_another_spelling_is_not_the_clients()
    {
        var upper = Known.ToUpperInvariant();
        var answer = await Gateway.ForwardAsync("/fleet/alpha/ping", upper, "{}");

        answer.ShouldBe(new Answer(404, """{"detail":"Client not registered"}""", "application/json"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1")]
    [InlineData("::1, 127.0.0.1")]
    public async Task A_request_forwarded_for_the_gateway_itself_is_not_from_a_client(string header) =>
        (await Gateway.ForwardAsync("/fleet/alpha/ping", header, "{}")).Status.ShouldBe(403);

    [Theory]
    [InlineData("not-an-ip", "not-an-ip")]
    [InlineData("<b>x</b>", "<b>x</b>")]
    [InlineData("203.0.113.9, 127.0.0.1", "203.0.113.9")]
    public async Task A_registration_stores_whatever_the_proxy_says(string header, string stored)
    {
        var client = Registration.Read(await Gateway.ForwardAsync("/fleet/alpha/register", header));

        (await Gateway.SqlAsync($"SELECT http_request_ip FROM clients WHERE assigned_ip = '{client.Address}'")).ShouldBe(stored);
    }

    [Fact]
    public async Task A_registration_with_an_empty_header_comes_from_the_proxy()
    {
        var client = Registration.Read(await Gateway.ForwardAsync("/fleet/alpha/register", ""));

        (await Gateway.SqlAsync($"SELECT http_request_ip FROM clients WHERE assigned_ip = '{client.Address}'")).ShouldBe("127.0.0.1");
    }

    [Theory]
    [InlineData("forwarded", "for=\"[{0}]\"")]
    [InlineData("x-real-ip", "{0}")]
    public async Task Other_headers_are_not_used(string name, string value) =>
        (await PingAsync(Gateway.Machine, "http://127.0.0.1:8000", (name, value.Replace("{0}", Known, StringComparison.Ordinal))))
            .Body.ShouldBe("""{"detail":"Invalid IP address"}""");

    private static Task<Answer> PingAsync(Machine from, string url, (string Name, string Value) header, string? hostname = null) => from.SendAsync(
        HttpMethod.Post, $"{url}/fleet/alpha/ping",
        System.Text.Encoding.UTF8.GetBytes(hostname is null ? "{}" : $$"""{"hostname":"{{hostname}}"}"""), "application/json", header);

    private Task<string> TwoLinesAsync(string first, string second) => Gateway.Machine.RunAsync(
        "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", $"x-forwarded-for: {first}", "-H", $"x-forwarded-for: {second}",
        "--json", "{}", "http://127.0.0.1:8000/fleet/alpha/ping");
}
