using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using WgFleet.Tests.Harness;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Api;

public class ProblemTests
{
    [Theory]
    [InlineData("GET", "/api/v1/nosuch", 404)]
    [InlineData("GET", "/api", 404)]
    [InlineData("GET", "/api/v1/Fleets", 404)]
    [InlineData("PUT", "/api/v1/fleets", 405)]
    [InlineData("HEAD", "/api/v1/fleets", 405)]
    [InlineData("GET", "/api/v1/clients?limit=x", 400)]
    [InlineData("GET", "/api/v1/wait?seq=1&timeout=soon", 400)]
    [InlineData("GET", "/api/v1/clients/nosuch", 404)]
    [InlineData("POST", "/api/v1/fleets/alpha/freeze", 403)]
    public async Task Every_refusal_below_api_is_a_problem(string method, string path, int status)
    {
        await using var server = await StartAsync();

        using var answer = await server.AskAsync(method, path);

        ((int)answer.StatusCode).ShouldBe(status);
        await IsProblemAsync(answer, method);
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_not_JSON_is_a_problem_too()
    {
        await using var server = await StartAsync();
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", server.Token());

        foreach (var (content, status) in new[] { (new StringContent(new string('x', 70_000)), 413), (new StringContent("{}", Encoding.UTF8, "text/plain"), 415), (new StringContent("{", Encoding.UTF8, "application/json"), 400) })
        {
            using var answer = await server.Http.PostAsync("/api/v1/clients/web/rename", content, Ct);

            ((int)answer.StatusCode).ShouldBe(status);
            await IsProblemAsync(answer);
        }
    }

    private static async Task IsProblemAsync(HttpResponseMessage answer, string method = "GET")
    {
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        if (method == "HEAD")
            return;

        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        problem.EnumerateObject().Select(m => m.Name).ShouldBe(["type", "title", "status", "detail"]);
        problem.GetProperty("status").GetInt32().ShouldBe((int)answer.StatusCode);
    }
}
