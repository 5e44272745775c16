using System.Diagnostics.Metrics;
using WgFleet.Metrics;

namespace WgFleet.Tests.Metrics;

/// <summary>The meter is the process's own, so the gauges here have names of their own.</summary>
public class GaugesTests
{
    [Fact]
    public async Task Disposing_gauges_waits_for_the_current_reading_and_allows_no_later_one()
    {
        using var metrics = new MetricsCollector();
        using var reads = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var count = 0;
        var disposed = false;
        var readAfterwards = false;
        var gauges = new Gauges();
        gauges.Add("gauges_test_value", "A value.", Values);

        var text = Task.Run(metrics.Text, TestContext.Current.CancellationToken);
        reads.Wait(TestContext.Current.CancellationToken);
        var end = Task.Run(
            () =>
            {
                gauges.Dispose();
                Volatile.Write(ref disposed, true);
            },
            TestContext.Current.CancellationToken);
        go.Set();
        await text;
        await end;

        var before = count;
        metrics.Text().ShouldNotContain("gauges_test_value 1");
        count.ShouldBe(before);
        readAfterwards.ShouldBeFalse();

        // Other tests read all metrics too, so the first to ask need not be this one.
        IEnumerable<Measurement<long>> Values()
        {
            count++;
            reads.Set();
            go.Wait(CancellationToken.None);
            readAfterwards |= Volatile.Read(ref disposed);
            yield return new Measurement<long>(1);
        }
    }

    [Fact]
    public async Task Metrics_can_be_read_at_any_time_while_a_server_stops()
    {
        using var metrics = new MetricsCollector();
        for (var round = 0; round < 5; round++)
        {
            var server = await TestServer.StartAsync();
            using var ended = new CancellationTokenSource();
            var reads = 0;
            var reader = Task.Run(
                () =>
                {
                    while (!ended.IsCancellationRequested)
                    {
                        metrics.Text();
                        Interlocked.Increment(ref reads);
                    }
                },
                TestContext.Current.CancellationToken);
            await Eventually.True(() => Volatile.Read(ref reads) > 0);

            await server.DisposeAsync();

            await ended.CancelAsync();
            await reader;
        }
    }
}
