using System.Net;
using AngleSharp.Html.Parser;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Projections;
using WgFleet.Tests.Hooks.Handlers;

namespace WgFleet.Tests.Dashboard.HookPages;

public class HooksPageTests
{
    [Fact]
    public async Task The_page_shows_every_hook_with_its_status()
    {
        using var programs = new ExecFolder();
        await using var host = await AdminHost.StartAsync(AdminHost.Program(programs, 78), typeof(HandlerTests.Second), typeof(HostsFile));
        await host.Stage.CommitAsync(host.Stage.World.Add());
        await Eventually.True(() => host.Stage.Status("tell").Failures == 1);
        host.Stage.Worker("second").Pause("the <b>disk</b> moves");

        var page = new HtmlParser().ParseDocument(await host.Tcp.GetStringAsync("/hooks", Stage.Ct));

        page.QuerySelectorAll("table.hooks tbody a").Select(a => a.TextContent).ShouldBe(["tell", "hosts_file", "second"]);
        page.QuerySelectorAll("table.hooks .chip").Select(c => c.TextContent).ShouldBe(["failing", "ok", "paused"]);
        page.QuerySelector("table.hooks tbody tr")!.Children[6].TextContent.ShouldBe("1");
        page.Body!.TextContent.ShouldContain("the <b>disk</b> moves");
        page.QuerySelectorAll("script:not([src]), form, [style]").ShouldBeEmpty();
        page.QuerySelector("nav a[href='/hooks']").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_hook_whose_part_fails_is_shown_as_failing_with_the_reason_on_both_pages()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(Faulty));
        using var fault = new MeterFault("wgfleet_projection_runs_total", "page_faulty");
        host.Stage.Projection("page_faulty").Request();
        await Eventually.True(() => host.Stage.Hooks.Find("page_faulty")!.Status.Status == HookStatus.Failing);

        foreach (var path in new[] { "/hooks", "/hooks/page_faulty" })
        {
            var page = new HtmlParser().ParseDocument(await host.Tcp.GetStringAsync(path, Stage.Ct));
            page.QuerySelector(".chip.failing").ShouldNotBeNull().TextContent.ShouldBe("failing");
            page.Body!.TextContent.ShouldContain($"the part 'hook page_faulty' of the server fails and is restarted: {MeterFault.Message}");
        }
    }

    [Fact]
    public async Task A_hooks_page_shows_how_its_program_is_that_stays_running()
    {
        using var programs = new ExecFolder();
        var file = programs.Script("while read -r line; do id=${line#*\\\"id\\\":\\\"}; echo '<b>hello</b>'; echo \"{\\\"id\\\":\\\"${id%%\\\"*}\\\",\\\"ok\\\":true}\"; done");
        var entry = new HookConfig { Name = "talks", Kind = new StreamConfig { Command = file, User = ExecFolder.User } };
        await using var host = await AdminHost.StartAsync(new HooksConfig { Folders = [], List = [entry] });
        await Eventually.True(() => host.Stage.Hooks.Find("talks")!.Program is { Nonsense: > 0, ProcessId: not null });

        var page = new HtmlParser().ParseDocument(await host.Tcp.GetStringAsync("/hooks/talks", Stage.Ct));

        var facts = page.QuerySelectorAll("table.facts tr").ToDictionary(r => r.Children[0].TextContent, r => r.Children[1].TextContent);
        facts["Program"].ShouldMatch("^process [0-9]+ since .*, start 1$");
        facts["Program ended"].ShouldBe("-");
        facts["No answers"].ShouldEndWith("lines of its standard output were passed over, the last one: it is not a JSON object: <b>hello</b>");
    }

    [Fact]
    public async Task A_hooks_page_shows_its_deliveries_and_the_responses_as_text()
    {
        using var programs = new ExecFolder();
        var config = AdminHost.Program(programs, 78);
        programs.Script("cat >/dev/null\necho '<script>alert(1)</script>'\nexit 78");
        await using var host = await AdminHost.StartAsync(config);
        await host.Stage.CommitAsync(host.Stage.World.Add());
        await Eventually.True(() => host.Stage.Status("tell").Failures == 1);

        var text = await host.Tcp.GetStringAsync("/hooks/tell", Stage.Ct);
        var page = new HtmlParser().ParseDocument(text);

        text.ShouldNotContain("<script>");
        page.QuerySelectorAll("h2").Select(h => h.TextContent).ShouldBe(["Dead letters", "Latest deliveries"]);
        page.QuerySelectorAll("table.hooks tbody").Select(b => b.Children.Length).ShouldBe([1, 1]);
        page.QuerySelector("table.hooks .chip.dead").ShouldNotBeNull();
        page.QuerySelectorAll("table.hooks tbody").ShouldAllBe(b => b.TextContent.Contains("exit 78"));
        page.QuerySelector("table.hooks tbody small:last-child")!.ShouldNotBeNull();
        page.Body!.TextContent.ShouldContain("<script>alert(1)</script>");
    }

    [Fact]
    public async Task An_unknown_hook_has_no_page_and_showing_pages_changes_nothing()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second));

        (await host.Tcp.GetAsync("/hooks/nosuch", Stage.Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await host.Tcp.PostAsync("/hooks/second", null, Stage.Ct)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    // Metrics are the process's own, so that the fault must be of a hook that no other test has.
    [Hook("page_faulty")]
    internal sealed class Faulty : IProjection
    {
        public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken) => default;
    }
}
