using System.Net;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.WireGuard;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Access;

/// <summary>Mistakes that servers like this one have made; those that other tests hold are listed in docs/access.md.</summary>
public partial class MistakeTests
{
    /// <summary>Rule: programs are started with a list of arguments; no text of anybody goes through a shell. What a shell runs is a constant.</summary>
    [Fact]
    public void No_shell_runs_anything_but_a_constant()
    {
        var sources = Directory.GetFiles(Path.Combine(Root(), "src"), "*.cs", SearchOption.AllDirectories).Select(f => (Name: Path.GetFileName(f), Text: File.ReadAllText(f))).ToList();

        sources.Count.ShouldBeGreaterThan(200);
        sources.Where(s => RunsAnything(s.Text)).Select(s => s.Name).ShouldBeEmpty();
        RunsAnything("""Process.Start("/bin/sh", ["-c", text])""").ShouldBeTrue();
        RunsAnything("""const string Script = ""; Process.Start("/bin/sh", ["-c", Script])""").ShouldBeFalse();
        RunsAnything("""const string Script = ""; Process.Start("/bin/sh", ["-c", Script + text])""").ShouldBeTrue();

        static bool RunsAnything(string source)
        {
            var constant = Script().Replace(source, m => source.Contains($"const string {m.Groups["name"].Value} =", StringComparison.Ordinal) ? "" : m.Value);
            return Shell().IsMatch(constant.Length == source.Length ? source : ShellPath().Replace(constant, ""));
        }
    }

    /// <summary>Rule: nothing secret is in the program; each server makes its own, and what one has signed means nothing to another.</summary>
    [Fact]
    public async Task Two_servers_share_no_key_token_or_session()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        one.Tokens().All.ShouldBeEmpty("there is no token that somebody else could know");
        using var browser = new Browser(one);
        (await browser.LogInAsync(one.Token())).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        other.Token();

        var keys = new[] { one, other }.SelectMany(s => s.Config.Fleets.Select(f => PrivateKeyOf(s, f.Interface))).ToList();
        keys.Distinct().Count().ShouldBe(4);
        using var answer = await other.AskAsync("GET", "/", headers: ("Cookie", browser.Cookies.GetCookieHeader(one.Addresses[0])));
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    /// <summary>Rule: what may be sent is spelled out; anything else is refused and not bound.</summary>
    [Fact]
    public async Task Every_API_body_refuses_unknown_members()
    {
        await using var server = await StartAsync();
        var bodies = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(e => e.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType).OfType<Type>().Distinct().ToList();

        bodies.ShouldNotBeEmpty();
        foreach (var body in bodies)
        {
            body.GetCustomAttributes(typeof(JsonUnmappedMemberHandlingAttribute), inherit: false).OfType<JsonUnmappedMemberHandlingAttribute>().SingleOrDefault().ShouldNotBeNull(body.Name)
                .UnmappedMemberHandling.ShouldBe(JsonUnmappedMemberHandling.Disallow, body.Name);
        }
    }

    /// <summary>Rule: one key has one spelling; another spelling of it is not another client.</summary>
    [Fact]
    public async Task A_key_has_only_one_accepted_spelling()
    {
        await using var server = await StartAsync();
        var key = Some.Key().ToString();
        foreach (var other in new[] { key, key.TrimEnd('='), $" {key}", $"{key}\n", Loose(key), Convert.ToHexString(WireGuardKey.Parse(key).ToArray()) })
        {
            using var answer = await server.Http.PostAsync(
                "/fleet/alpha/register", new StringContent($$"""{"public_key":{{System.Text.Json.JsonSerializer.Serialize(other)}}}""", Encoding.UTF8, "application/json"), Ct);
            ((int)answer.StatusCode).ShouldBe(other == key ? 200 : 422, other);
        }

        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(1);
    }

    /// <summary>Rule: no path stops the server, shows its insides, or answers beside the routes that there are.</summary>
    [Theory]
    [InlineData("/shutdown")]
    [InlineData("/debug")]
    [InlineData("/debug/config")]
    [InlineData("/debug/pprof/")]
    [InlineData("/admin")]
    [InlineData("/.env")]
    [InlineData("/swagger")]
    [InlineData("/_framework/")]
    [InlineData("/api")]
    [InlineData("/api/v1")]
    [InlineData("/api/v1/config")]
    [InlineData("/api/v1/shutdown")]
    public async Task There_are_no_undocumented_endpoints(string path)
    {
        await using var server = await StartAsync();

        foreach (var method in new[] { "GET", "POST", "TRACE", "CONNECT" })
        {
            using var answer = await server.AskAsync(method == "CONNECT" ? "OPTIONS" : method, path);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, $"{method} {path}");
        }
    }

    /// <summary>Rule: a client that has just come is not taken for one that has gone.</summary>
    [Fact]
    public async Task A_client_that_has_just_registered_is_not_pruned_before_its_first_sign_of_life()
    {
        await using var test = await TestRegistry.StartAsync();
        test.Time.Advance(TimeSpan.FromDays(30));
        var member = await test.JoinAsync();

        (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);

        test.Alpha.ById.Keys.ShouldBe([member.Id]);
    }

    // The last sign before = carries two bits that are in no byte.
    private static string Loose(string key)
    {
        const string signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        return $"{key[..42]}{signs[signs.IndexOf(key[42], StringComparison.Ordinal) ^ 1]}=";
    }

    private static string PrivateKeyOf(TestServer server, string name) =>
        File.ReadLines(Path.Combine(server.Config.WireGuardDirectory, $"{name}.conf")).Single(l => l.StartsWith("PrivateKey = ", StringComparison.Ordinal));

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "WgFleet.slnx")))
            folder = Path.GetDirectoryName(folder).ShouldNotBeNull("the tests run outside of the repository");

        return folder;
    }

    [GeneratedRegex(@"UseShellExecute = true|""(/usr)?/bin/(sh|bash|dash)""|""-c""")]
    private static partial Regex Shell();

    [GeneratedRegex(@"""-c"", (?<name>[A-Z]\w*)(?=[,\]])")]
    private static partial Regex Script();

    [GeneratedRegex(@"""(/usr)?/bin/sh""")]
    private static partial Regex ShellPath();
}
