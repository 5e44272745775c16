using System.Net;
using AngleSharp.Html.Dom;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Hooks.Admin;
using WgFleet.Store;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Dashboard.HookPages;

/// <summary>What a hook's page does to it. The server has the program tell, which ends with what the file code holds.</summary>
public sealed class HookFormsTests : IDisposable
{
    private readonly ExecFolder _programs = new();

    public void Dispose() => _programs.Dispose();

    [Fact]
    public async Task A_test_shows_request_and_response_only_to_the_operator_who_sent_it()
    {
        await using var server = await StartWithHookAsync(0);
        using var browser = await LoggedInAsync(server);

        using var sent = await browser.SubmitAsync("/hooks/tell", "/hooks/tell/test", ("type", "client.added"));
        sent.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var place = sent.Headers.Location!.ToString();
        place.ShouldMatch(@"\A/hooks/tell\?message=[0-9a-f]{32}\z");

        var page = await browser.PageAsync(place);
        page.QuerySelector(".said[role=status] p")!.TextContent.ShouldStartWith("The sample event was delivered in ");
        page.QuerySelectorAll(".said summary").Select(s => s.TextContent).ShouldBe(["Request", "Event sent", "Response"]);
        page.QuerySelectorAll(".said pre")[2].TextContent.ShouldContain("said client.added");

        using var other = await LoggedInAsync(server, "other");
        (await other.PageAsync(place)).QuerySelector(".said").ShouldBeNull();
        (await browser.PageAsync("/hooks/tell?message=nothing")).QuerySelector(".said").ShouldBeNull();
        (await browser.PageAsync("/hooks/hosts_file")).QuerySelector(".said").ShouldBeNull();
    }

    [Fact]
    public async Task A_test_that_fails_says_why()
    {
        await using var server = await StartWithHookAsync(3);
        using var browser = await LoggedInAsync(server);

        var page = await SentAsync(browser, "test", ("type", "client.added"));

        page.QuerySelector(".said[role=alert] p")!.TextContent.ShouldContain("The sample event failed (exit 3)");
    }

    [Fact]
    public async Task Dead_letters_are_retried_or_dropped_one_or_all()
    {
        await using var server = await StartWithHookAsync(78);
        for (var i = 0; i < 4; i++)
            await server.JoinAsync();

        var desk = server.Services.GetRequiredService<HookAdmin>();
        await Eventually.True(async () => (await desk.DeadLettersAsync("tell", 100, CancellationToken.None)).Count == 4);
        using var browser = await LoggedInAsync(server);
        var letters = (await browser.PageAsync("/hooks/tell")).QuerySelectorAll("button[form=letters]").OfType<IHtmlButtonElement>().ToList();
        letters.Count.ShouldBe(8);
        var first = letters[0].Value;

        (await SentAsync(browser, "retry", ("seq", first))).QuerySelector(".said[role=alert]")!.TextContent.ShouldContain($"Event {first} failed again: exit 78");

        _programs.Write("code", "0\n", "0644");
        Said(await SentAsync(browser, "retry", ("seq", first))).ShouldBe("1 dead letter was retried; 3 are left, 0 events are waiting.");
        Said(await SentAsync(browser, "retry", ("seq", first))).ShouldStartWith($"hook 'tell' has no dead letter {first};");

        _programs.Write("code", "78\n", "0644");
        Said(await SentAsync(browser, "retry", ("seq", "all"))).ShouldBe("3 dead letters were retried; 3 are left, 0 events are waiting.");
        using (var dropped = await browser.PostAsync("/hooks/tell/drop", [await FormTokenAsync(browser), ("seq", $"{(await desk.DeadLettersAsync("tell", 100, CancellationToken.None))[0].Seq}")]))
            dropped.StatusCode.ShouldBe(HttpStatusCode.Redirect);

        (await desk.DeadLettersAsync("tell", 100, CancellationToken.None)).Count.ShouldBe(2);
        _programs.Write("code", "0\n", "0644");
        Said(await SentAsync(browser, "retry", ("seq", "all"))).ShouldBe("2 dead letters were retried; 0 are left, 0 events are waiting.");
        Said(await SentAsync(browser, "drop", ("seq", "x"))).ShouldBe("the form does not name a dead letter; load the page again");
    }

    [Fact]
    public async Task A_hook_is_paused_resumed_and_replayed()
    {
        await using var server = await StartWithHookAsync(0);
        using var browser = await LoggedInAsync(server);
        await server.JoinAsync();
        var desk = server.Services.GetRequiredService<HookAdmin>();
        await Eventually.True(() => desk.Find("tell").Attempts == 1);

        Said(await SentAsync(browser, "replay", ("from", "1"), ("dry", "1"))).ShouldBe("1 event would be delivered again.");
        Said(await SentAsync(browser, "replay", ("from", "yesterday"))).ShouldStartWith("'yesterday' is not a position in the event log;");
        Said(await SentAsync(browser, "replay", ("from", " "))).ShouldStartWith("fill in From: ");
        Said(await SentAsync(browser, "replay", ("from", "1"))).ShouldBe("1 event is being delivered again.");
        await Eventually.True(() => desk.Find("tell").Attempts == 2);

        var paused = await SentAsync(browser, "pause", ("reason", "the <b>disk</b> moves"));
        paused.QuerySelector(".facts")!.TextContent.ShouldContain("the <b>disk</b> moves");
        await server.JoinAsync();
        await Eventually.True(() => desk.Find("tell").Waiting == 1);
        Said(await SentAsync(browser, "resume")).ShouldBe("Resumed. 1 event is waiting.");
        await Eventually.True(() => desk.Find("tell") is { Attempts: 3, Waiting: 0 });
    }

    [Fact]
    public async Task A_projection_is_run_and_compared()
    {
        await using var server = await StartWithHookAsync(0);
        using var browser = await LoggedInAsync(server);
        await Eventually.True(() => File.Exists(server.Config.HostsFile));
        (await browser.PageAsync("/hooks/hosts_file")).QuerySelectorAll(".actions form").Select(f => f.GetAttribute("action")).ShouldBe(["/hooks/hosts_file/run", "/hooks/hosts_file/diff"]);

        await File.WriteAllTextAsync(server.Config.HostsFile, "nonsense\n", Ct);
        var compared = await ToAsync(browser, "/hooks/hosts_file/diff");
        Said(compared).ShouldBe("A run would change the files.");
        compared.QuerySelector(".said pre")!.TextContent.ShouldContain("-nonsense");
        Said(await ToAsync(browser, "/hooks/hosts_file/run")).ShouldBe("The files are written.");
        (await File.ReadAllTextAsync(server.Config.HostsFile, Ct)).ShouldBe("\n");
        Said(await ToAsync(browser, "/hooks/hosts_file/diff")).ShouldBe("A run would change nothing.");
        Said(await ToAsync(browser, "/hooks/hosts_file/pause")).ShouldStartWith("'hosts_file' is a projection, which gets no events;");
    }

    [Fact]
    public async Task A_reader_sees_no_forms_and_is_refused()
    {
        await using var server = await StartWithHookAsync(78);
        await server.JoinAsync();
        var desk = server.Services.GetRequiredService<HookAdmin>();
        await Eventually.True(async () => (await desk.DeadLettersAsync("tell", 100, CancellationToken.None)).Count == 1);
        using var browser = await LoggedInAsync(server, "reader", TokenRow.Read);

        var page = await browser.PageAsync("/hooks/tell");
        page.QuerySelectorAll("form").Select(f => f.GetAttribute("action")).ShouldBe(["/logout"]);
        page.QuerySelectorAll("button").Length.ShouldBe(1);
        foreach (var act in new[] { "pause", "resume", "test", "replay", "run", "diff", "retry", "drop" })
        {
            using var refused = await browser.PostAsync($"/hooks/tell/{act}", [await FormTokenAsync(browser), ("seq", "all"), ("from", "1")]);
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden, act);
        }

        (desk.Find("tell").Status, (await desk.DeadLettersAsync("tell", 100, CancellationToken.None)).Count).ShouldBe(("failing", 1));
    }

    [Fact]
    public async Task A_form_of_another_site_does_nothing()
    {
        await using var server = await StartWithHookAsync(0);
        using var browser = await LoggedInAsync(server);

        using (var bare = await browser.PostAsync("/hooks/tell/pause", [("reason", "x")]))
            bare.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using (var elsewhere = await browser.PostAsync("/hooks/tell/pause", [await FormTokenAsync(browser)], ("Origin", "https://evil.example")))
            elsewhere.StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        server.Services.GetRequiredService<HookAdmin>().Find("tell").Status.ShouldBe("ok");
    }

    private Task<TestServer> StartWithHookAsync(int code) => StartAsync(config => config with { Hooks = AdminHost.Program(_programs, code) }, TimeProvider.System);

    private static async Task<Browser> LoggedInAsync(TestServer server, string name = "ops", string scope = TokenRow.Write)
    {
        var browser = new Browser(server);
        (await browser.LogInAsync(server.Token(scope, name))).Dispose();
        return browser;
    }

    private static Task<IHtmlDocument> SentAsync(Browser browser, string act, params (string Name, string Value)[] fields) => ToAsync(browser, $"/hooks/tell/{act}", fields);

    /// <summary>Sends a form's fields, and gives the page that one is led to.</summary>
    private static async Task<IHtmlDocument> ToAsync(Browser browser, string path, params (string Name, string Value)[] fields)
    {
        using var sent = await browser.PostAsync(path, [await FormTokenAsync(browser), .. fields]);
        sent.StatusCode.ShouldBe(HttpStatusCode.Redirect, path);
        return await browser.PageAsync(sent.Headers.Location!.ToString());
    }

    private static async Task<(string Name, string Value)> FormTokenAsync(Browser browser)
    {
        var field = (await browser.PageAsync("/")).QuerySelector("form.leave input")!;
        return (field.GetAttribute("name")!, field.GetAttribute("value")!);
    }

    private static string Said(IHtmlDocument page) => page.QuerySelector(".said p").ShouldNotBeNull().TextContent;
}
