using System.Net;
using WgFleet.Testing.Oidc;
using WgFleet.Tests.Harness;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Access.Oidc;

public class OidcReloadTests
{
    [Fact]
    public async Task A_reload_ends_no_session_and_judges_each_person_by_the_new_roles()
    {
        using var folder = new Folder();
        using var provider = await OidcProvider.StartAsync();
        var file = folder.File("wg-fleet.yaml");
        await using var server = await StartAsync(provider.Configure, TimeProvider.System, file);
        using var ann = new Browser(server);
        using var rob = new Browser(server);
        using var ops = new Browser(server);
        (await ann.LogInAtAsync(provider, "ann")).Dispose();
        (await rob.LogInAtAsync(provider, "rob")).Dispose();
        (await ops.LogInAsync(server.Token())).Dispose();
        var form = (await ann.PageAsync("/fleet/alpha")).QuerySelectorAll("form").First(f => f.GetAttribute("action") == "/fleet/alpha/freeze");
        var antiforgery = form.QuerySelector("input")!;

        await ReloadAsync("roles: {netops: {scope: write}}");

        (await StatusAsync(ann)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(ops)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(rob)).ShouldBe(HttpStatusCode.Redirect, "a group without a role");
        using (var frozen = await ann.PostAsync("/fleet/alpha/freeze", [(antiforgery.GetAttribute("name")!, antiforgery.GetAttribute("value")!)]))
            frozen.StatusCode.ShouldBe(HttpStatusCode.Redirect, "a form from before the reload");

        await ReloadAsync("roles: {netops: {scope: read}, staff: {scope: read}}");

        (await StatusAsync(ann)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(rob)).ShouldBe(HttpStatusCode.OK);
        (await ann.PageAsync("/fleet/alpha")).QuerySelectorAll("form").ShouldAllBe(f => f.GetAttribute("action") != "/fleet/alpha/thaw");

        await ReloadAsync(null);

        (await StatusAsync(ann)).ShouldBe(HttpStatusCode.Redirect, "there is no provider any more");
        (await StatusAsync(ops)).ShouldBe(HttpStatusCode.OK);

        async Task ReloadAsync(string? roles)
        {
            var oidc = roles is null ? "" : $"oidc: {{issuer: '{provider.Issuer}', client_id: wg-fleet, client_secret_file: {provider.SecretFile}, name: Example, {roles}}}\n";
            await File.WriteAllTextAsync(file, $$"""
                domain: example.test
                prune_timeout: 30m
                listen: 127.0.0.1:{{provider.Port}}
                database: {{server.Config.Database}}
                hosts_file: {{server.Config.HostsFile}}
                prometheus_file: {{server.Config.PrometheusFile}}
                admin_socket: {{server.Config.AdminSocket}}
                wireguard_directory: {{server.Config.WireGuardDirectory}}
                fleets:
                  alpha: {ip6: "fd00:a::1", subnet: "fd00:a::/64", external_ip: 192.0.2.254, port: 51820}
                {{oidc}}
                """, Ct);
            var run = await CommandRun.RunAsync("reload", "--config", file);
            run.ExitCode.ShouldBe(0, run.Error);
        }

        static async Task<HttpStatusCode> StatusAsync(Browser browser)
        {
            using var answer = await browser.GetAsync("/");
            return answer.StatusCode;
        }
    }
}
