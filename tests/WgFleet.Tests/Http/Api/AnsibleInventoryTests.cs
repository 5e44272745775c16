using System.Text.Json;
using WgFleet.Tests.Harness;
using WgFleet.Tests.Hooks.Projections.Templates;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Api;

/// <summary>The inventory plugin in packaging/ansible, run by the real Ansible against the API.</summary>
public sealed class AnsibleInventoryTests : IDisposable
{
    private static readonly string Plugins = ApiDocumentTests.InRepository("packaging/ansible/inventory_plugins");

    private readonly Folder _folder = new();

    [Fact]
    public async Task Ansible_gets_every_named_client_from_the_API_page_by_page_with_its_address_its_fleet_and_what_is_known_of_it()
    {
        await using var server = await StartAsync();
        foreach (var (fleet, name) in new[] { ("alpha", "a1"), ("alpha", "a2"), ("beta", "b1"), ("beta", "b2"), ("beta", null) })
            await JoinAsync(server, fleet, name);
        var a2 = server.Registry.Current.Fleet("alpha")!.ById.Values.Single(c => c.Hostname == "a2");
        await server.HandshakeAsync(a2);

        var token = server.Token("read");
        using var all = JsonDocument.Parse(await ListAsync(server, token, "page: 2\ngroups: {here: wg_fleet.online}\n"));
        using var online = JsonDocument.Parse(await ListAsync(server, token, "online: true\n"));
        using var beta = JsonDocument.Parse(await ListAsync(server, token, "fleet: beta\n"));

        Hosts(all, "alpha").ShouldBe(["a1.alpha.example.test", "a2.alpha.example.test"]);
        Hosts(all, "beta").ShouldBe(["b1.beta.example.test", "b2.beta.example.test"]);
        Hosts(all, "here").ShouldBe(["a2.alpha.example.test"]);
        var variables = all.RootElement.GetProperty("_meta").GetProperty("hostvars").GetProperty("a2.alpha.example.test");
        variables.GetProperty("ansible_host").GetString().ShouldBe(a2.Address.ToString());
        variables.GetProperty("wg_fleet").GetProperty("public_key").GetString().ShouldBe(a2.PublicKey.ToString());
        HostsOfAll(online).ShouldBe(["a2.alpha.example.test"]);
        HostsOfAll(beta).ShouldBe(["b1.beta.example.test", "b2.beta.example.test"]);
    }

    [Fact]
    public async Task What_the_server_refuses_is_an_error_that_says_why()
    {
        await using var server = await StartAsync();

        (await ListAsync(server, "wgf_00000000_none", "")).ShouldContain("refused: the token is unknown, revoked or expired");
        (await ListAsync(server, null, "fleet: nosuch\n")).ShouldContain("refused: there is no fleet 'nosuch'");
    }

    public void Dispose() => _folder.Dispose();

    private static async Task JoinAsync(TestServer server, string fleet, string? name)
    {
        var client = await server.JoinAsync(fleet);
        if (name is not null)
            (await server.PingAsync($$"""{"hostname":"{{name}}"}""", client.Address.ToString(), fleet)).Status.ShouldBe(200);
    }

    // What Ansible prints, errors included: with an inventory that cannot be read it warns and goes on.
    private async Task<string> ListAsync(TestServer server, string? token, string options)
    {
        var inventory = _folder.File("hall.wg_fleet.yaml");
        var file = _folder.File("token");
        await File.WriteAllTextAsync(file, $"{token}\n", Ct);
        await File.WriteAllTextAsync(inventory, $"plugin: wg_fleet\nserver: {server.Addresses[0]}\n{(token is null ? "" : $"token_file: {file}\n")}{options}", Ct);
        return await Tool.RunAsync(
            "env", $"HOME={_folder.Path}", "LC_ALL=C.UTF-8", "COLUMNS=500", $"ANSIBLE_INVENTORY_PLUGINS={Plugins}", "ANSIBLE_INVENTORY_ENABLED=wg_fleet", "PYTHONDONTWRITEBYTECODE=1",
            "sh", "-c", "ansible-inventory -i \"$0\" --list 2>\"$0.errors\" | tee \"$0.list\" >/dev/null; if grep -q refused \"$0.errors\"; then tr '\\n' ' ' <\"$0.errors\"; else cat \"$0.list\"; fi", inventory);
    }

    private static IEnumerable<string?> Hosts(JsonDocument inventory, string group) =>
        inventory.RootElement.GetProperty(group).GetProperty("hosts").EnumerateArray().Select(h => h.GetString()).Order(StringComparer.Ordinal);

    private static IEnumerable<string> HostsOfAll(JsonDocument inventory) =>
        inventory.RootElement.GetProperty("_meta").GetProperty("hostvars").EnumerateObject().Select(h => h.Name).Order(StringComparer.Ordinal);
}
