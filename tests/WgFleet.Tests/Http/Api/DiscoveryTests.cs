using System.Net;
using System.Text.Json;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Api;

public class DiscoveryTests
{
    [Fact]
    public async Task A_pruned_client_stays_a_target_for_prometheus_keep_and_a_removed_client_does_not()
    {
        await using var server = await StartAsync(c => c with { PrometheusKeep = TimeSpan.FromMinutes(2) });
        var quiet = await ApiTests.NamedAsync(server, "quiet");
        var removed = await ApiTests.NamedAsync(server, "removed");
        var back = await ApiTests.NamedAsync(server, "back");
        await server.JoinAsync();

        (await TargetsAsync(server)).ShouldBe([$"[{quiet.Address}]:9100 quiet", $"[{removed.Address}]:9100 removed", $"[{back.Address}]:9100 back"]);
        await server.Registry.RemoveAsync("alpha", [quiet.Id, back.Id], _ => true, "stale");
        await server.Registry.RemoveAsync("alpha", [removed.Id], _ => true, "removed");
        var again = await ApiTests.NamedAsync(server, "back");

        (await TargetsAsync(server, "?port=9101&fleet=alpha")).ShouldBe([$"[{again.Address}]:9101 back", $"[{quiet.Address}]:9101 quiet"]);
        (await TargetsAsync(server, "?fleet=beta")).ShouldBeEmpty();
        server.Time.Advance(TimeSpan.FromMinutes(2));
        (await TargetsAsync(server)).ShouldBe([$"[{again.Address}]:9100 back"]);
    }

    [Fact]
    public async Task Unchanged_targets_are_answered_with_304()
    {
        await using var server = await StartAsync();
        await ApiTests.NamedAsync(server, "web");
        using var first = await server.AskAsync("GET", "/sd/prometheus");
        var tag = first.Headers.ETag!.ToString();

        first.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await server.AskAsync("GET", "/sd/prometheus", headers: ("If-None-Match", tag))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await server.AskAsync("GET", "/sd/prometheus", headers: ("If-None-Match", $"\"x\", {tag}"))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        await ApiTests.NamedAsync(server, "more");
        (await server.AskAsync("GET", "/sd/prometheus", headers: ("If-None-Match", tag))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<List<string>> TargetsAsync(TestServer server, string query = "")
    {
        using var answer = await server.AskAsync("GET", $"/sd/prometheus{query}");
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        return [.. json.RootElement.EnumerateArray().Select(t => $"{t.GetProperty("targets")[0].GetString()} {t.GetProperty("labels").GetProperty("hostname").GetString()}")];
    }
}
