using AngleSharp.Dom;
using WgFleet.Dashboard.Charts;
using WgFleet.Fleets.State;
using WgFleet.History;
using static WgFleet.Tests.Dashboard.DashboardHost;

namespace WgFleet.Tests.Dashboard.Charts;

public class ChartTests
{
    [Fact]
    public async Task A_chart_is_a_drawing_with_a_description_and_a_table()
    {
        var clients = new[] { RegisteredClient(1, quiet: TimeSpan.FromDays(2)), RegisteredClient(2, quiet: TimeSpan.FromDays(2)) };
        await using var host = await StartAsync(Fleet("alpha", clients));
        for (var i = 0; i <= 12; i++)
        {
            clients[0].Liveness.Observed(null, 3000 * i, 600 * i, host.Time.GetUtcNow());
            host.ActivityHistory.Take(new Snapshot(1, "example.org", [Fleet("alpha", clients)]));
            host.Time.Advance(TimeSpan.FromMinutes(5));
        }

        var page = await host.PageAsync("/fleet/alpha");

        var charts = page.QuerySelectorAll("figure.chart");
        charts.Select(c => c.QuerySelector(".name")!.TextContent).ShouldBe(["Clients", "Traffic"]);
        foreach (var chart in charts)
        {
            var drawing = chart.QuerySelector("svg")!;
            drawing.GetAttribute("role").ShouldBe("img");
            drawing.GetAttribute("aria-labelledby")!.Split(' ').Select(id => page.GetElementById(id)!.TextContent).ShouldAllBe(text => text.Length > 0);
            chart.QuerySelectorAll("path.line").Length.ShouldBe(2);
            chart.QuerySelectorAll("path.line, path.area").ShouldAllBe(p => p.GetAttribute("d")!.StartsWith('M'));
        }

        charts[0].QuerySelector(".when")!.TextContent.ShouldBe("since 12:00, when the server started");
        charts[0].QuerySelector("desc")!.TextContent.ShouldBe("Online: lowest 0, highest 1, latest 1. Clients: lowest 2, highest 2, latest 2.");
        charts[1].QuerySelector("desc")!.TextContent.ShouldBe("Received: lowest 0 B/s, highest 10 B/s, latest 10 B/s. Sent: lowest 0 B/s, highest 2 B/s, latest 2 B/s.");
        charts[0].QuerySelectorAll(".hours span").Select(h => h.TextContent).ShouldBe(["2 h ago", "90 min", "1 h", "30 min", "now"]);
        charts[0].QuerySelector("svg")!.GetAttribute("viewBox").ShouldBe("0 0 23 200");
        Rows(charts[0]).ShouldBe(["12:10 1 2", "11:10 1 2"]);
        Rows(charts[1]).ShouldBe(["12:10 32.2 KiB 6.4 KiB", "11:10 2.9 KiB 600 B"]);
    }

    [Fact]
    public async Task A_chart_without_points_says_so()
    {
        await using var host = await StartAsync(Fleet("alpha"));

        var page = await host.PageAsync("/fleet/alpha");

        page.QuerySelectorAll("figure.chart .nothing").Length.ShouldBe(2);
        page.QuerySelectorAll("figure.chart svg").ShouldBeEmpty();
        (await host.PageAsync("/")).QuerySelectorAll(".spark").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1, "2 h ago 90 min 1 h 30 min now", 23)]
    [InlineData(3, "4 h ago 3 h 2 h 1 h now", 47)]
    [InlineData(7, "8 h ago 6 h 4 h 2 h now", 95)]
    [InlineData(11, "12 h ago 9 h 6 h 3 h now", 143)]
    [InlineData(13, "24 h ago 18 h 12 h 6 h now", 287)]
    [InlineData(100, "24 h ago 18 h 12 h 6 h now", 287)]
    public void A_chart_spans_what_is_known(int hours, string labels, int width)
    {
        var time = new ManualTime();
        var history = new ActivityHistory(time);
        time.Advance(TimeSpan.FromHours(hours));

        var chart = DayCharts.Clients(history.Of("alpha", time.GetUtcNow()));

        string.Join(' ', chart.Hours).ShouldBe(labels);
        chart.Width.ShouldBe(width);
    }

    [Fact]
    public async Task After_a_day_charts_span_the_last_day()
    {
        await using var host = await StartAsync(Fleet("alpha", RegisteredClient(1)));
        host.ActivityHistory.Since.ShouldBe(Now);
        host.Time.Advance(TimeSpan.FromHours(25));
        host.ActivityHistory.Take(new Snapshot(1, "example.org", [Fleet("alpha", RegisteredClient(1))]));

        (await host.PageAsync("/fleet/alpha")).QuerySelector(".chart .when")!.TextContent.ShouldBe("over the last day");
    }

    [Fact]
    public async Task The_front_page_has_a_sparkline_for_each_fleet()
    {
        var client = RegisteredClient(1);
        client.Liveness.Observed(Now, 0, 0, Now);
        await using var host = await StartAsync(Fleet("alpha", client));
        host.ActivityHistory.Take(new Snapshot(1, "example.org", [Fleet("alpha", client)]));
        host.Time.Advance(TimeSpan.FromMinutes(5));
        host.ActivityHistory.Take(new Snapshot(1, "example.org", [Fleet("alpha", client, RegisteredClient(2, quiet: TimeSpan.FromDays(1)))]));

        var spark = (await host.PageAsync("/")).QuerySelector(".fleet .spark")!;

        spark.GetAttribute("aria-label").ShouldBe("Online over the last day");
        spark.QuerySelector("path")!.GetAttribute("d").ShouldBe("M22 10l1 190");
    }

    [Fact]
    public async Task The_fleets_page_shows_totals()
    {
        var client = RegisteredClient(1);
        await using var host = await StartAsync(Fleet("alpha", client, RegisteredClient(2, quiet: TimeSpan.FromHours(1))));
        for (var i = 0; i <= 6; i++)
        {
            client.Liveness.Observed(null, 20_480 * i, 10_240 * i, host.Time.GetUtcNow());
            host.ActivityHistory.Take(new Snapshot(1, "example.org", [Fleet("alpha", client)]));
            host.Time.Advance(i < 6 ? ActivityHistory.Interval : TimeSpan.Zero);
        }

        var page = await host.PageAsync("/fleet/alpha");

        page.QuerySelectorAll(".tiles > div").Select(t => $"{t.QuerySelector("dt")!.TextContent}: {t.QuerySelector("dd")!.TextContent}")
            .ShouldBe(["Online: 1 of 2", "Received: 2.0 KiB/s", "Sent: 1.0 KiB/s"]);
    }

    private static IEnumerable<string> Rows(IElement chart) =>
        chart.QuerySelectorAll("details tbody tr").Select(r => string.Join(' ', r.Children.Select(c => c.TextContent)));
}
