using System.Net;
using WgFleet.Tests.Hooks;

namespace WgFleet.Tests.Admin;

public class AdminRoutesTests
{
    [Theory]
    [InlineData("GET", "/admin/hooks")]
    [InlineData("GET", "/ADMIN/hooks")]
    [InlineData("GET", "/admin/wait?seq=1&timeout=1")]
    [InlineData("POST", "/admin/hooks/second/pause")]
    [InlineData("POST", "/admin/deadletters/second/drop")]
    [InlineData("DELETE", "/admin/hooks")]
    public async Task Over_the_network_there_is_no_trace_of_what_operators_may_do(string method, string path)
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second));

        using var answer = await host.Tcp.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Stage.Ct);
        using var unknown = await host.Tcp.GetAsync("/nosuch", Stage.Ct);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync(Stage.Ct)).ShouldBe(await unknown.Content.ReadAsStringAsync(Stage.Ct));
        host.Stage.Engine.Lanes.Lane("second")!.Paused.ShouldBeNull();
    }

    [Fact]
    public async Task The_operators_socket_answers_operators_and_nobody_else()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second));

        (await host.Local.GetStringAsync("/admin/hooks", Stage.Ct)).ShouldContain("\"name\":\"second\"");
        using var fleets = await host.Local.GetAsync("/healthz", Stage.Ct);
        fleets.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await host.Tcp.GetStringAsync("/healthz", Stage.Ct)).ShouldContain("ok");
    }
}
