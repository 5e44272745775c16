using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WgFleet.Access;
using WgFleet.Store;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http;

/// <summary>Odd values and bodies for every route and every form, from somebody who is logged in, from a script with a token and from root: behind the refusals that <see cref="FuzzTests"/> meets.</summary>
public partial class FuzzRoutesTests
{
    private const int Rounds = 5;

    private static readonly string[] Values =
        ["1", "alpha", "-1", "99999999999999999999", "%00", "%1b%5b2J", "%ff%fe", "..%2f..%2f", "a%0d%0ab", "%F0%9F%98%80", "%22%3Cb%3E", "x%2Fy=", "fd00%3Aa%3A%3A2", new('a', 300)];

    private static readonly string[] ContentTypes =
    [
        "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; boundary=",
        "application/json", "application/json; charset=utf-16", "application/json; charset=nonsense", "text/plain", "nonsense",
    ];

    private static readonly string[] Bodies =
    [
        "", "null", "{}", "[]", "{\"hostname\":5}", "{\"kind\":\"enrollment\",\"tags\":{\"a\":null}}", "{\"lifetime_seconds\":1e99}", "hostname=%ff%00&seq=x&from=soon&reason=%1b", "--x\r\nContent-Disposition: form-data\r\n\r\n",
        "--x\r\nContent-Disposition: form-data; name=\"hostname\"; filename=\"\\\"\r\n\r\nx\r\n--x--", "\0\u0001\u001b", "a=b&a=c&next=//evil.example&next=/\u00e4", "{\"name\":\"\\ud800\"}",
    ];

    [Fact]
    public async Task No_route_and_no_form_answers_odd_input_with_an_internal_error()
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();
        using var browser = new Browser(server);
        var token = server.Token(TokenRow.Write);
        (await browser.LogInAsync(token)).Dispose();
        var form = (await browser.PageAsync("/")).QuerySelector("form.leave input")!.GetAttribute("value")!;
        using var root = server.Socket();
        using var script = new HttpClient { BaseAddress = server.Addresses[0] };
        script.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var random = new Random(7);
        var statuses = new List<int>();

        foreach (var (method, pattern, audience) in Routes(server))
        {
            for (var round = 0; round < Rounds; round++)
            {
                var path = Parameter().Replace(pattern, p => round == 0 && p.Value == "{client}" ? $"{client.Address}" : round < 2 && p.Value == "{fleet}" ? "alpha" : Pick(Values));
                path += $"?{Pick(["q", "sort", "limit", "after", "seq", "since", "number", "next", "port", "page"])}={Pick(Values)}&wait=0&timeout=1";
                foreach (var http in audience == Audience.Programs ? new[] { browser.Http, script, root } : [browser.Http, script])
                {
                    using var request = new HttpRequestMessage(new HttpMethod(method), path);
                    if (method != "GET")
                    {
                        var isForm = round % 2 == 0;
                        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes((isForm ? $"__RequestVerificationToken={Uri.EscapeDataString(form)}&" : "") + Pick(Bodies)));
                        request.Content.Headers.TryAddWithoutValidation("Content-Type", isForm ? ContentTypes[0] : Pick(ContentTypes));
                    }

                    using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
                    try
                    {
                        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
                        ((int)answer.StatusCode).ShouldNotBe(500, $"{method} {path}: {request.Content?.Headers.ContentType}");
                        statuses.Add((int)answer.StatusCode);
                    }
                    catch (OperationCanceledException)
                    {
                        throw new TimeoutException($"{method} {path} hangs");
                    }
                }
            }
        }

        server.Log.At(LogLevel.Error).ShouldBeEmpty();
        foreach (var status in new[] { 200, 302, 400, 403, 404 })
            statuses.ShouldContain(status);

        T Pick<T>(T[] from) => from[random.Next(from.Length)];
    }

    // A reload ends the server that is asked.
    private static IEnumerable<(string Method, string Pattern, Audience Audience)> Routes(TestServer server) =>
        from e in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let pattern = "/" + e.RoutePattern.RawText!.TrimStart('/')
        where pattern is not ("/logout" or "/api/v1/reload")
        from method in e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
        orderby pattern.EndsWith("/remove", StringComparison.Ordinal) || method == "DELETE"
        select (method, pattern, e.Metadata.GetMetadata<AccessRule>()!.Audience);

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
