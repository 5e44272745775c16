using System.Net;
using WgFleet.Tests.Hooks.Handlers;

namespace WgFleet.Tests.Http.Api;

public class AdminRoutesTests
{
    [Theory]
    [InlineData("POST", "/api/v1/hooks/second/pause")]
    [InlineData("POST", "/api/v1/deadletters/second/drop")]
    [InlineData("POST", "/api/v1/tokens")]
    [InlineData("DELETE", "/api/v1/tokens/x")]
    public async Task No_change_is_possible_over_the_network_without_a_token(string method, string path)
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second));

        using var answer = await host.Tcp.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Stage.Ct);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        host.Stage.Worker("second").Paused.ShouldBeNull();
    }

    [Fact]
    public async Task The_admin_socket_serves_only_the_API_of_operators()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second));

        (await host.Local.GetStringAsync("/api/v1/hooks", Stage.Ct)).ShouldContain("\"name\":\"second\"");
        foreach (var path in new[] { "/healthz", "/", "/hooks" })
        {
            using var others = await host.Local.GetAsync(path, Stage.Ct);
            others.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        (await host.Tcp.GetStringAsync("/healthz", Stage.Ct)).ShouldContain("ok");
    }
}
