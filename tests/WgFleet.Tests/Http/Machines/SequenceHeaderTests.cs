using System.Text;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Machines;

public class SequenceHeaderTests
{
    [Fact]
    public async Task The_answer_to_a_change_has_the_number_of_its_event_and_other_answers_have_none()
    {
        await using var server = await StartAsync();

        using var registered = await server.Http.PostAsync(new Uri("/fleet/alpha/register", UriKind.Relative), null, Ct);
        registered.Headers.GetValues("Wg-Fleet-Seq").ShouldBe(["2"]);

        var address = server.Registry.Current.Fleet("alpha")!.ById.Values.Single().Address;
        (await PingAsync(server, $"{address}")).ShouldBe("3");
        (await PingAsync(server, $"{address}")).ShouldBeNull();
    }

    private static async Task<string?> PingAsync(TestServer server, string from)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/fleet/alpha/ping")
        {
            Content = new StringContent("""{"hostname":"excavator"}""", Encoding.UTF8, "application/json"),
            Headers = { { "X-Forwarded-For", from } },
        };
        using var answer = await server.Http.SendAsync(request, Ct);
        return answer.Headers.TryGetValues("Wg-Fleet-Seq", out var values) ? values.Single() : null;
    }
}
