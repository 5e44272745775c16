using System.Text;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Contract;

/// <summary>Everything over HTTP but the two endpoints' own answers.</summary>
public class OtherHttpTests(RunningServer server) : SharedServerTests(server)
{
    [Theory]
    [InlineData("/nosuch")]
    [InlineData("/fleet")]
    [InlineData("/fleet/alpha/nosuch")]
    [InlineData("/fleet/alpha/register/more")]
    public async Task An_unknown_path_is_not_found(string path)
    {
        (await RequestAsync(HttpMethod.Get, path)).ShouldBe(new Answer(404, """{"detail":"Not Found"}""", "application/json"));
        (await RequestAsync(HttpMethod.Post, path)).ShouldBe(new Answer(404, """{"detail":"Not Found"}""", "application/json"));
    }

    [Theory]
    [InlineData("GET", "/fleet/alpha/register", "POST")]
    [InlineData("PUT", "/fleet/alpha/register", "POST")]
    [InlineData("DELETE", "/fleet/nosuch/register", "POST")]
    [InlineData("GET", "/fleet/alpha/ping", "POST")]
    [InlineData("OPTIONS", "/fleet/alpha/ping", "POST")]
    [InlineData("POST", "/", "GET")]
    [InlineData("POST", "/fleet/alpha", "GET")]
    public async Task A_wrong_method_is_told_the_right_one(string method, string path, string allowed) =>
        (await RequestAsync(HttpMethod.Parse(method), path))
            .ShouldBe(new Answer(405, """{"detail":"Method Not Allowed"}""", "application/json", allowed));

    [Fact]
    public async Task A_HEAD_request_to_an_endpoint_is_a_wrong_method_without_a_body() =>
        (await RequestAsync(HttpMethod.Head, "/fleet/alpha/register")).ShouldBe(new Answer(405, "", "application/json", "POST"));

    [Fact]
    public async Task A_trailing_slash_just_works()
    {
        Registration.Read(await RequestAsync(HttpMethod.Post, "/fleet/alpha/register/")).ServerAddress.ShouldBe("fd00:a0a8:34d:a0::1");
        (await Client.PostAsync("/fleet/alpha/ping/", "{}")).Body.ShouldBe("""{"status":"ok"}""");
        (await LookAsync("/fleet/alpha/")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_start_page_links_to_every_fleet()
    {
        var page = await LookAsync("/");

        (page.Status, page.ContentType).ShouldBe((200, "text/html; charset=utf-8"));
        page.Body.ShouldContain("href=\"/fleet/alpha\"");
    }

    [Fact]
    public async Task A_fleets_page_tells_its_facts_and_its_clients()
    {
        await Client.PingAsync("shown");

        var page = await LookAsync("/fleet/alpha");

        (page.Status, page.ContentType).ShouldBe((200, "text/html; charset=utf-8"));
        foreach (var fact in (string[])["fd00:a0a8:34d:a0::/64", "fd00:a0a8:34d:a0::1", "51820", "shown", Client.Registration.Address, "10.201.1.1"])
            page.Body.ShouldContain(fact);
        page.Body.ShouldContain((await Client.Registration.PublicKeyAsync())[..8].Replace("+", "&#x2B;", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fleets_page_shows_what_a_proxy_said_as_text_only()
    {
        Registration.Read(await Gateway.ForwardAsync("/fleet/alpha/register", "<b>x</b>"));

        var page = await LookAsync("/fleet/alpha");

        page.Status.ShouldBe(200);
        page.Body.ShouldNotContain("<b>x</b>");
    }

    [Fact]
    public async Task The_page_of_an_unknown_fleet_is_not_found() =>
        (await LookAsync("/fleet/nosuch")).ShouldBe(new Answer(404, """{"detail":"Fleet not found"}""", "application/json"));

    [Fact]
    public async Task A_browser_outside_every_fleet_is_asked_to_log_in() =>
        (await RequestAsync(HttpMethod.Get, "/fleet/alpha")).Status.ShouldBe(302);

    [Fact]
    public async Task X_Forwarded_For_from_a_machine_in_a_tunnel_is_ignored()
    {
        var address = $"http://[{Client.Registration.ServerAddress}]:8000/api/v1/hooks/hosts_file/pause";

        var answer = await Client.Machine.SendAsync(HttpMethod.Post, address, null, null, ("x-forwarded-for", "127.0.0.1"));

        answer.Status.ShouldBe(403);
    }

    [Fact]
    public async Task Connections_are_kept_alive_and_may_be_pipelined()
    {
        using var socket = await Client.Machine.Network.ConnectAsync(new(Gateway.Address, 8000), TestContext.Current.CancellationToken);
        var request = "GET /readyz HTTP/1.1\r\nhost: x\r\n\r\nGET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"u8.ToArray();
        await socket.SendAsync(request, TestContext.Current.CancellationToken);

        using var reader = new StreamReader(new System.Net.Sockets.NetworkStream(socket), Encoding.ASCII);
        var answers = await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline.Hang);

        answers.Split("HTTP/1.1 200 OK").Length.ShouldBe(3);
    }

    [Fact]
    public async Task A_chunked_body_is_read()
    {
        using var socket = await Client.Machine.Network.ConnectAsync(
            new(System.Net.IPAddress.Parse(Client.Registration.ServerAddress), 8000), TestContext.Current.CancellationToken);
        var request = "POST /fleet/alpha/ping HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
            + "a\r\n{\"hostname\r\n9\r\n\":\"chunk\"\r\n1\r\n}\r\n0\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);

        using var reader = new StreamReader(new System.Net.Sockets.NetworkStream(socket), Encoding.ASCII);
        (await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline.Hang)).ShouldStartWith("HTTP/1.1 200 OK");

        Gateway.HostsFile.ShouldContain(" chunk.alpha.example.net\n");
    }

    /// <summary>A page, from a machine of the fleet through its tunnel.</summary>
    private Task<Answer> LookAsync(string path) =>
        Client.Machine.SendAsync(HttpMethod.Get, $"http://[{Client.Registration.ServerAddress}]:8000{path}");
}
