using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Fleets.State;
using WgFleet.History;
using WgFleet.Store;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Dashboard.ClientPages;

/// <content>What operators can change on the page.</content>
public partial class ClientPageTests
{
    [Fact]
    public async Task A_reader_sees_no_buttons()
    {
        await using var server = await StartAsync();
        var client = await NamedAsync(server, "crane");
        using var neighbour = new Browser(server);
        (await neighbour.PageAsync(PathOf("crane"))).QuerySelectorAll("main form, main button").ShouldBeEmpty();

        using var reader = new Browser(server);
        (await reader.LogInAsync(server.Token(TokenRow.Read))).Dispose();
        (await reader.PageAsync(PathOf("crane"))).QuerySelectorAll("main form, main button").ShouldBeEmpty();
        using var refused = await reader.PostAsync(PathOf(client.PublicKey.ToString()) + "/remove", []);

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_operator_renames_a_client()
    {
        await using var server = await StartAsync();
        var client = await NamedAsync(server, "crane");
        using var browser = await OperatorAsync(server);
        var path = PathOf(client.PublicKey.ToString());

        using var done = await browser.SubmitAsync(PathOf("crane"), $"{path}/rename", ("hostname", "winch"));

        done.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        done.Headers.Location!.ToString().ShouldBe(path);
        (await browser.PageAsync(path)).QuerySelector("h1 span")!.TextContent.ShouldBe("winch");
        server.Log.Lines.Select(l => l.Message).ShouldContain($"Client renamed: fleet=alpha, ip={client.Address}, hostname=winch, by ops");
    }

    [Theory]
    [InlineData("Loader!", HttpStatusCode.BadRequest, "A name has 1 to 63 of a-z, 0-9, _ and -.")]
    [InlineData("", HttpStatusCode.BadRequest, "A name has 1 to 63 of a-z, 0-9, _ and -.")]
    [InlineData("loader", HttpStatusCode.Conflict, "Not renamed: another client of alpha is called 'loader'.")]
    public async Task An_invalid_or_taken_name_is_refused_on_the_same_page(string name, HttpStatusCode status, string why)
    {
        await using var server = await StartAsync();
        var client = await NamedAsync(server, "crane");
        await NamedAsync(server, "loader");
        using var browser = await OperatorAsync(server);

        using var refused = await browser.SubmitAsync(PathOf("crane"), $"{PathOf(client.PublicKey.ToString())}/rename", ("hostname", name));
        var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await refused.Content.ReadAsStringAsync(Ct));

        refused.StatusCode.ShouldBe(status);
        page.QuerySelector("[role=alert]")!.TextContent.ShouldBe(why);
        page.QuerySelector<IHtmlInputElement>("#hostname")!.Value.ShouldBe(name);
        server.Registry.Current.Fleet("alpha")!.ByHostname.ContainsKey("crane").ShouldBeTrue();
    }

    [Fact]
    public async Task An_operator_removes_a_client()
    {
        await using var server = await StartAsync();
        var client = await NamedAsync(server, "crane");
        using var browser = await OperatorAsync(server);
        var path = PathOf(client.PublicKey.ToString());

        using var done = await browser.SubmitAsync(PathOf("crane"), $"{path}/remove");

        done.Headers.Location!.ToString().ShouldBe(path);
        var page = await browser.PageAsync(path);
        page.QuerySelector("h1 .chip")!.TextContent.ShouldBe("gone");
        HistoryOf(page)[0].ShouldBe("removed by ops");
        server.WireGuard.Peers("wg_alpha").ShouldBeEmpty();
        using var again = await browser.PostAsync($"{path}/remove", []);
        again.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task An_operator_restores_a_removed_client()
    {
        await using var server = await StartAsync();
        var client = await NamedAsync(server, "crane");
        using var browser = await OperatorAsync(server);
        var path = PathOf(client.PublicKey.ToString());
        (await browser.SubmitAsync(path, $"{path}/remove")).Dispose();
        (await browser.PageAsync(path)).QuerySelector(".notice")!.TextContent.ShouldContain("It was removed 0s ago by ops. Until 2026-01-");

        using var reader = new Browser(server);
        (await reader.LogInAsync(server.Token(TokenRow.Read, "reader"))).Dispose();
        (await reader.PageAsync(path)).QuerySelectorAll("main form").ShouldBeEmpty();

        using var done = await browser.SubmitAsync(path, $"{path}/restore");

        done.Headers.Location!.ToString().ShouldBe(path);
        (await browser.PageAsync(path)).QuerySelector("h1 span")!.TextContent.ShouldBe("crane");
        server.Registry.Current.Fleet("alpha")!.ByAddress.ContainsKey(client.Address).ShouldBeTrue();
        using var again = await browser.SubmitAsync(path, $"{path}/rename", ("hostname", "winch"));
        again.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task A_client_that_cannot_be_restored_is_not_and_the_page_says_why()
    {
        await using var server = await StartAsync();
        var client = await NamedAsync(server, "crane");
        using var browser = await OperatorAsync(server);
        var path = PathOf(client.PublicKey.ToString());
        (await browser.SubmitAsync(path, $"{path}/remove")).Dispose();
        await NamedAsync(server, "crane");

        using var refused = await browser.SubmitAsync(path, $"{path}/restore");
        var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await refused.Content.ReadAsStringAsync(Ct));

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        page.QuerySelector("[role=alert]")!.TextContent.ShouldStartWith("Not restored: ");
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_operator_pins_and_unpins_a_client()
    {
        await using var server = await StartAsync();
        var client = await NamedAsync(server, "crane");
        using var browser = await OperatorAsync(server);
        var path = PathOf(client.PublicKey.ToString());

        (await browser.SubmitAsync(path, $"{path}/pin")).Dispose();
        Facts(await browser.PageAsync(path)).ShouldContain("Pinned=since 2026-01-02 03:04:05 UTC by ops: it is never pruned");
        (await browser.PageAsync("/fleet/alpha")).QuerySelector("table.clients .pin")!.TextContent.ShouldBe("pinned");

        (await browser.SubmitAsync(path, $"{path}/unpin")).Dispose();
        Facts(await browser.PageAsync(path)).ShouldNotContain(f => f.StartsWith("Pinned", StringComparison.Ordinal));
        server.Registry.Current.Fleet("alpha")!.ByHostname["crane"].Pinned.ShouldBeNull();
    }

    [Fact]
    public async Task The_page_says_which_operator_named_a_client_and_an_operator_lets_it_choose_its_name_again()
    {
        await using var server = await StartAsync();
        var client = await NamedAsync(server, "crane");
        using var browser = await OperatorAsync(server);
        var path = PathOf(client.PublicKey.ToString());
        Facts(await browser.PageAsync(path)).ShouldContain("Named By=ops: it keeps this name, whatever it asks for");

        (await browser.SubmitAsync(path, $"{path}/release-name")).Dispose();

        var page = await browser.PageAsync(path);
        Facts(page).ShouldNotContain(f => f.StartsWith("Named By", StringComparison.Ordinal));
        page.QuerySelectorAll("form[action$='/release-name']").ShouldBeEmpty();
        var now = server.Registry.Current.Fleet("alpha")!.ByHostname["crane"];
        now.NamedBy.ShouldBeNull();
        HistoryOf(page)[0].ShouldBe("ops let the client have the name that it asks for");
    }

    [Fact]
    public async Task A_form_without_our_token_changes_nothing()
    {
        await using var server = await StartAsync();
        var client = await NamedAsync(server, "crane");
        using var browser = await OperatorAsync(server);
        var path = PathOf(client.PublicKey.ToString());

        using var forged = await browser.PostAsync($"{path}/remove", []);
        using var foreign = await browser.PostAsync($"{path}/rename", [("hostname", "evil")], ("Origin", "https://evil.example"));

        forged.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        foreign.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        server.Registry.Current.Fleet("alpha")!.ByHostname.ContainsKey("crane").ShouldBeTrue();
    }
}
