using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Http.Api;
using WgFleet.Store;
using WgFleet.WireGuard;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Access;

/// <summary>What lets somebody in, or through a tunnel, is told to its holder once and stands nowhere else.</summary>
public partial class SecretsTests
{
    [Fact]
    public async Task After_a_day_of_everything_no_secret_is_in_any_log_answer_page_metric_event_or_file()
    {
        await using var server = await StartAsync(c => c with { Fleets = [c.Fleets[0] with { Enrollment = new EnrollmentConfig { NeedsToken = true }, Client = new ClientTunnelConfig { Preshared = true } }, c.Fleets[1]] });
        using var browser = new Browser(server);
        var secrets = await LiveAsync(server, browser);
        var admin = server.Token(name: "last");
        secrets.Add("last admin token", admin[13..]);

        var asked = 0;
        foreach (var path in Paths(server))
        {
            asked++;
            using var answer = await server.AskAsync("GET", path, admin);
            Clean(secrets, path, $"{answer.Headers}{answer.Content.Headers}{await answer.Content.ReadAsStringAsync(Ct)}");
            using var page = await browser.GetAsync(path);
            var text = await page.Content.ReadAsStringAsync(Ct);
            Clean(secrets, $"{path} of a browser", Fields().Replace($"{page.Content.Headers}{text}", ""));
        }

        asked.ShouldBeGreaterThan(15);
        foreach (var line in server.Log.Lines)
            Clean(secrets, "the log", $"{line.Message} {line.Exception}");

        var folder = Path.GetDirectoryName(server.Config.Database)!;
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".sock", StringComparison.Ordinal) && !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            // The gateway's own key has one place on disk, as wg-quick wants it, and preshared keys another: WireGuard gets them from there after a reboot.
            var here = file.EndsWith(".conf", StringComparison.Ordinal) ? "gateway" : Path.GetFileName(file).StartsWith("clients.db", StringComparison.Ordinal) ? "preshared key" : null;
            var elsewhere = here is null ? secrets : secrets.Where(s => !s.Key.StartsWith(here, StringComparison.Ordinal)).ToDictionary();
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            Clean(elsewhere, file, Encoding.Latin1.GetString(bytes));
        }
    }

    [Fact]
    public async Task A_planted_secret_is_found()
    {
        await using var server = await StartAsync();
        Should.Throw<ShouldAssertException>(() => Clean(new() { ["token"] = "s3cret" }, "a page", "<p>s3cret</p>"));
        Fields().Replace("""<input type="hidden" name="x" value="s3cret">""", "").ShouldNotContain("s3cret");
    }

    /// <summary>Rule: a secret is a type of its own, which no answer, event or row has a member of.</summary>
    [Fact]
    public void Only_the_answer_that_creates_a_token_has_a_type_with_a_secret()
    {
        Type[] secret = [typeof(PrivateKey), typeof(TokenSecret), typeof(PresharedKey)];
        var sent = AdminJson.Default.GetType().GetProperties().Where(p => p.PropertyType.IsAssignableTo(typeof(JsonTypeInfo))).Select(p => p.PropertyType.GetGenericArguments()[0])
            .Append(typeof(WgFleet.Hooks.Client)).Append(typeof(RegisteredClient)).Append(typeof(ClientRecord)).Append(typeof(TokenRow)).Where(t => t.Namespace!.StartsWith("WgFleet", StringComparison.Ordinal)).Distinct().ToList();

        sent.Count.ShouldBeGreaterThan(20);
        foreach (var property in sent.SelectMany(t => t.GetProperties(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic)).Where(p => (p.DeclaringType, p.Name) != (typeof(ClientRecord), nameof(ClientRecord.PresharedKey))))
            secret.ShouldNotContain(property.PropertyType, $"{property.DeclaringType!.Name}.{property.Name}");

        sent.SelectMany(t => t.GetProperties()).Where(p => p.Name.Contains("Secret") || p.Name.Contains("PrivateKey")).Select(p => $"{p.DeclaringType!.Name}.{p.Name}").ShouldBe(["NewToken.Secret"]);
        sent.SelectMany(t => t.GetProperties()).Where(p => p.Name == "Hash").Select(p => p.DeclaringType!.Name).ShouldBe(["TokenRow"], "a hash stays in the database");
    }

    /// <summary>Tokens are made, shown, used, misused and revoked; machines join with keys of theirs and of ours; somebody logs in.</summary>
    private static async Task<Dictionary<string, string>> LiveAsync(TestServer server, Browser browser)
    {
        var secrets = new Dictionary<string, string>();
        using var socket = server.Socket();
        var ops = await MakeAsync(socket, new { name = "ops", scope = "write" });
        var machine = await MakeAsync(socket, new { kind = "enrollment", name = "lab", fleet = "alpha", max_uses = 2, tags = new { room = "e14" } });
        (secrets["admin token"], secrets["enrollment token"]) = (ops[13..], machine[13..]);

        (secrets["key we made"], secrets["preshared key"]) = await KeyAsync(server, "alpha", machine);
        (secrets["key we made in an open fleet"], _) = await KeyAsync(server, "beta", null);
        (await RegisterAsync(server, "alpha", machine, JsonContent.Create(new { public_key = Some.Key().ToString() }))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await RegisterAsync(server, "alpha", machine, null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await RegisterAsync(server, "alpha", machine[..^1] + (machine[^1] == 'A' ? 'B' : 'A'), null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await server.AskAsync("GET", "/api/v1/clients", machine)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var client = server.Registry.Current.Fleet("alpha")!.ById.Values.First();
        (await server.PingAsync("""{"hostname":"web"}""", client.Address.ToString())).Status.ShouldBe(200);

        (await browser.LogInAsync(ops)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        secrets["session"] = browser.Cookies.GetCookies(server.Addresses[0])["wg-fleet-session"].ShouldNotBeNull().Value;
        (await server.AskAsync("DELETE", "/api/v1/clients/web", ops)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await socket.DeleteAsync("/api/v1/tokens/lab", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var fleet in server.Config.Fleets)
        {
            secrets[$"gateway of {fleet.Name}"] = File.ReadLines(Path.Combine(server.Config.WireGuardDirectory, $"{fleet.Interface}.conf"))
                .Single(l => l.StartsWith("PrivateKey = ", StringComparison.Ordinal))["PrivateKey = ".Length..];
        }

        return secrets;
    }

    private static void Clean(Dictionary<string, string> secrets, string where, string text) =>
        secrets.Where(s => text.Contains(s.Value, StringComparison.Ordinal)).Select(s => s.Key).ShouldBeEmpty($"found in {where}");

    // All that can be looked at, but for streams, which have no end; what takes a name gets one that is there.
    private static IEnumerable<string> Paths(TestServer server) =>
        server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") != false && !e.RoutePattern.RawText!.EndsWith("/live", StringComparison.Ordinal))
            .Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/').Replace("{fleet}", "alpha").Replace("/fleet/{name}", "/fleet/alpha").Replace("hooks/{name}", "hooks/hosts_file").Replace("{client}", "web"))
            .Select(p => Parameter().Replace(p, "1")).Append("/api/v1/events?last=1000").Append("/api/v1/clients?q=e&limit=1000");

    private static async Task<string> MakeAsync(HttpClient socket, object wish)
    {
        using var made = await socket.PostAsJsonAsync("/api/v1/tokens", wish, Ct);
        return (await made.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("secret").GetString()!;
    }

    private static async Task<(string Key, string Preshared)> KeyAsync(TestServer server, string fleet, string? token)
    {
        using var answer = await RegisterAsync(server, fleet, token, null);
        var config = (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("config").GetString()!;
        return (Value("PrivateKey = "), fleet == "alpha" ? Value("PresharedKey = ") : "");

        string Value(string key) => config.Split('\n').Single(l => l.StartsWith(key, StringComparison.Ordinal))[key.Length..];
    }

    private static Task<HttpResponseMessage> RegisterAsync(TestServer server, string fleet, string? token, HttpContent? body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/fleet/{fleet}/register") { Content = body };
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");

        return server.Http.SendAsync(request, Ct);
    }

    // What a form carries is meant for its visitor.
    [GeneratedRegex("<input type=\"hidden\"[^>]*>")]
    private static partial Regex Fields();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
