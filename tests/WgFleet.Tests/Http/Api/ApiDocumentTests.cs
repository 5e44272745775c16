using System.Text.Json;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Http.Api.Document;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Api;

/// <summary>What the API says of itself. WG_FLEET_WRITE_OPENAPI=1 writes docs/openapi.json instead of comparing it.</summary>
public class ApiDocumentTests
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true };

    [Fact]
    public async Task The_OpenAPI_document_in_docs_equals_the_served_one()
    {
        await using var server = await StartAsync();
        using var served = JsonDocument.Parse(await server.Http.GetStringAsync("/api/v1/openapi.json", Ct));
        var text = JsonSerializer.Serialize(served, Layout) + "\n";
        var path = InRepository("docs/openapi.json");
        if (Environment.GetEnvironmentVariable("WG_FLEET_WRITE_OPENAPI") == "1")
            await File.WriteAllTextAsync(path, text, Ct);

        (await File.ReadAllTextAsync(path, Ct)).ShouldBe(text, "run this test with WG_FLEET_WRITE_OPENAPI=1 and commit docs/openapi.json");
    }

    [Fact]
    public async Task Every_route_for_programs_and_what_machines_ask_is_in_the_document_with_a_summary()
    {
        await using var server = await StartAsync();
        using var document = JsonDocument.Parse(await server.Http.GetStringAsync("/api/v1/openapi.json", Ct));
        var told = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(m => $"{m.Name.ToUpperInvariant()} {p.Name}")).Order(StringComparer.Ordinal).ToList();
        var routes = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => ApiDocument.IsDescribed(e.Metadata) && !e.RoutePattern.RawText!.EndsWith("openapi.json", StringComparison.Ordinal))
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(m => $"{m} /{e.RoutePattern.RawText!.TrimStart('/')}")).Order(StringComparer.Ordinal);

        told.ShouldBe(routes);
        told.ShouldContain("POST /fleet/{fleet}/register");
        told.ShouldContain("POST /fleet/{fleet}/ping");
        told.ShouldContain("POST /fleet/{fleet}/leave");
        foreach (var operation in document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject()))
            operation.Value.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_whole_number_is_an_integer_and_no_text_beside_it()
    {
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(InRepository("docs/openapi.json"), Ct));

        var types = Members(document.RootElement).Where(m => m.Name == "type").Select(m => m.Value.GetRawText()).ToList();
        types.Count(t => t == "\"integer\"").ShouldBeGreaterThan(20);
        types.ShouldAllBe(t => t.StartsWith('"'));
    }

    [Fact]
    public async Task The_docs_page_shows_every_request()
    {
        await using var server = await StartAsync();
        var page = new HtmlParser().ParseDocument(await server.Http.GetStringAsync("/docs", Ct));

        var requests = page.QuerySelectorAll("td:first-child code").Select(c => c.TextContent).ToList();
        requests.ShouldContain("GET /api/v1/clients");
        requests.ShouldContain("DELETE /api/v1/clients/{client}");
        requests.ShouldContain("GET /sd/prometheus");
        page.QuerySelectorAll("script:not([src]), [style]").ShouldBeEmpty();
    }

    private static IEnumerable<JsonProperty> Members(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(m => Members(m.Value).Prepend(m)).Where(m => m.Value.ValueKind is not JsonValueKind.Object || m.Name != "type"),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Members),
        _ => [],
    };

    internal static string InRepository(string path)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "WgFleet.slnx")))
            folder = Path.GetDirectoryName(folder).ShouldNotBeNull("the tests run outside of the repository");

        return Path.Combine(folder, path);
    }
}
