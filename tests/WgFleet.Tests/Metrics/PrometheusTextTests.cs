using System.Diagnostics.Metrics;
using WgFleet.Metrics;

namespace WgFleet.Tests.Metrics;

public class PrometheusTextTests
{
    [Fact]
    public void A_counter_has_its_help_its_type_and_a_line_for_each_set_of_labels()
    {
        using var metrics = new MetricsCollector();
        using var meter = new Meter(FleetMeter.Name);
        var counter = meter.CreateCounter<long>("wgfleet_test_lines_total", null, "What it says.");

        counter.Add(2, new KeyValuePair<string, object?>("fleet", "beta"));
        counter.Add(1, new KeyValuePair<string, object?>("fleet", "alpha"));
        counter.Add(3, new KeyValuePair<string, object?>("fleet", "beta"));

        metrics.Text().ShouldContain("""
            # HELP wgfleet_test_lines_total What it says.
            # TYPE wgfleet_test_lines_total counter
            wgfleet_test_lines_total{fleet="alpha"} 1
            wgfleet_test_lines_total{fleet="beta"} 5

            """);
    }

    [Fact]
    public void Quotes_backslashes_and_line_breaks_in_labels_and_help_are_escaped()
    {
        using var metrics = new MetricsCollector();
        using var meter = new Meter(FleetMeter.Name);
        var counter = meter.CreateCounter<long>("wgfleet_test_escapes_total", null, "One \\ and\nanother \"line\".");

        counter.Add(1, new KeyValuePair<string, object?>("hook", "a\"b\\c\nd"));

        metrics.Text().ShouldSatisfyAllConditions(
            text => text.ShouldContain("# HELP wgfleet_test_escapes_total One \\\\ and\\nanother \"line\".\n"),
            text => text.ShouldContain("wgfleet_test_escapes_total{hook=\"a\\\"b\\\\c\\nd\"} 1\n"));
    }

    [Fact]
    public void A_histogram_counts_each_value_in_all_buckets_that_include_it()
    {
        using var metrics = new MetricsCollector();
        using var meter = new Meter(FleetMeter.Name);
        var histogram = meter.CreateHistogram(
            "wgfleet_test_seconds", null, "Times.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });

        foreach (var value in new[] { 0.25, 0.5, 0.75, 8 })
            histogram.Record(value, new KeyValuePair<string, object?>("hook", "x"));

        metrics.Text().ShouldContain("""
            # TYPE wgfleet_test_seconds histogram
            wgfleet_test_seconds_bucket{hook="x",le="0.5"} 2
            wgfleet_test_seconds_bucket{hook="x",le="1"} 3
            wgfleet_test_seconds_bucket{hook="x",le="+Inf"} 4
            wgfleet_test_seconds_sum{hook="x"} 9.5
            wgfleet_test_seconds_count{hook="x"} 4

            """);
    }

    [Fact]
    public void A_gauge_shows_only_current_values()
    {
        using var metrics = new MetricsCollector();
        using var meter = new Meter(FleetMeter.Name);
        var fleets = new List<string> { "alpha", "beta" };
        meter.CreateObservableGauge("wgfleet_test_gauge", () => fleets.Select(f => new Measurement<long>(f.Length, new KeyValuePair<string, object?>("fleet", f))));
        Scrape.Of(metrics)["wgfleet_test_gauge{fleet=\"alpha\"}"].ShouldBe(5);

        fleets.Remove("alpha");

        Scrape.Of(metrics).ShouldSatisfyAllConditions(
            s => s["wgfleet_test_gauge{fleet=\"alpha\"}"].ShouldBeNull(),
            s => s["wgfleet_test_gauge{fleet=\"beta\"}"].ShouldBe(4));
    }

    [Fact]
    public void Other_meters_are_not_shown()
    {
        using var metrics = new MetricsCollector();
        using var meter = new Meter("Somebody.Else");

        meter.CreateCounter<long>("somebody_elses_total").Add(1);

        metrics.Text().ShouldNotContain("somebody_elses_total");
    }

    [Fact]
    public void Many_threads_lose_no_count()
    {
        using var metrics = new MetricsCollector();
        using var meter = new Meter(FleetMeter.Name);
        var counter = meter.CreateCounter<long>("wgfleet_test_threads_total");

        Parallel.For(0, 8, thread =>
        {
            for (var i = 0; i < 10_000; i++)
                counter.Add(1, new KeyValuePair<string, object?>("thread", thread % 2 == 0 ? "even" : "odd"));
        });

        Scrape.Of(metrics).ShouldSatisfyAllConditions(
            s => s["wgfleet_test_threads_total{thread=\"even\"}"].ShouldBe(40_000),
            s => s["wgfleet_test_threads_total{thread=\"odd\"}"].ShouldBe(40_000));
    }
}
