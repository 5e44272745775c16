using System.Text.Json;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Tests.Harness;
using WgFleet.Tests.Hooks.Projections.Templates;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Api;

/// <summary>docs/openapi.json as other programs use it: linters, and a client that is generated from it (client.ts).</summary>
public sealed class GeneratedClientTests : IDisposable
{
    private static readonly string Root = ApiDocumentTests.InRepository("");
    private static readonly string Document = Path.Combine(Root, "docs/openapi.json");
    private static readonly string Programs = Path.Combine(Root, "artifacts/npm/node_modules/.bin");

    // Below artifacts/npm, where Node.js finds the packages.
    private readonly DirectoryInfo _folder = Directory.CreateDirectory(Path.Combine(Root, "artifacts/npm", $"client-{Guid.NewGuid():N}"));

    [Fact]
    public async Task Redocly_finds_nothing_to_say_about_the_document()
    {
        using var found = JsonDocument.Parse(await RunAsync("redocly", "lint", Document, "--extends=recommended-strict", "--format=json"));

        found.RootElement.GetProperty("problems").EnumerateArray().Select(p => p.GetRawText()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Spectral_finds_nothing_to_say_about_the_document()
    {
        var rules = Path.Combine(_folder.FullName, "rules.yaml");
        await File.WriteAllTextAsync(rules, "extends: [spectral:oas]\nrules: {oas3-parameter-description: warn}\n", Ct);

        (await RunAsync("spectral", "lint", "--ruleset", rules, "--fail-severity=hint", Document)).ShouldContain("No results");
    }

    [Fact]
    public async Task A_client_generated_from_the_document_can_use_every_operation_and_gets_what_the_document_says()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var hook = new HookConfig { Name = "tell", Events = [EventTypes.ClientAdded], Kind = new WebhookConfig { Url = receiver.Url } };
        await using var server = await StartAsync(c => c with { Hooks = c.Hooks with { List = [hook] } }, TimeProvider.System);
        server.Token(name: "another");
        await GenerateAsync();

        var called = (await Tool.RunAsync("node", Path.Combine(_folder.FullName, "client.js"), server.Addresses[0].ToString().TrimEnd('/'), server.Token(), Document))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(Document, Ct));
        called.ShouldBe(document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject())
            .Select(o => o.Value.GetProperty("operationId").GetString()!).Order(StringComparer.Ordinal));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task GenerateAsync()
    {
        string InFolder(string name) => Path.Combine(_folder.FullName, name);
        await RunAsync("openapi-typescript", Document, "--output", InFolder("schema.d.ts"));
        File.Copy(Path.Combine(Root, "tests/WgFleet.Tests/Http/Api/client.ts"), InFolder("client.ts"));
        await File.WriteAllTextAsync(InFolder("package.json"), """{"type":"module"}""", Ct);
        await File.WriteAllTextAsync(InFolder("node.d.ts"), """
            declare const process: { argv: string[] };
            declare module "node:fs" { export function readFileSync(path: string, encoding: "utf8"): string; }
            """, Ct);
        await RunAsync(
            "tsc", "--strict", "--noUncheckedIndexedAccess", "--skipLibCheck", "--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom,dom.iterable",
            InFolder("client.ts"), InFolder("node.d.ts"));
    }

    // env, so that no program tells anybody that it runs.
    private static Task<string> RunAsync(string program, params string[] arguments) =>
        Tool.RunAsync(["env", "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true", Path.Combine(Programs, program), .. arguments]);
}
