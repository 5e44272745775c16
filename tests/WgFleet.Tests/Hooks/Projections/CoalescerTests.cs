using WgFleet.Hooks.Projections;

namespace WgFleet.Tests.Hooks.Projections;

public sealed partial class CoalescerTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Ever = TimeSpan.MaxValue;

    private readonly ManualTime _time = new();
    private readonly List<TimeSpan> _starts = [];
    private readonly long _origin;
    private readonly Coalescer _coalescer;
    private readonly CancellationTokenSource _stop = new();
    private Task _loop;
    private int _worked;

    // What the next run does: null keeps it running until EndRun.
    private bool? _outcome = true;
    private TaskCompletionSource<bool>? _running;

    public CoalescerTests()
    {
        // Without it the steps of a run come back on this thread at once, and every test is deterministic.
        SynchronizationContext.SetSynchronizationContext(null);
        _origin = _time.GetTimestamp();
        _coalescer = new Coalescer(Run, Interval, _time);
        _loop = _coalescer.LoopAsync(() => _worked++, _stop.Token);
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    public void Dispose()
    {
        _coalescer.Dispose();
        _stop.Cancel();
        _stop.Dispose();
    }

    [Fact]
    public void The_first_request_runs_at_once()
    {
        _coalescer.Request();

        _starts.ShouldBe([TimeSpan.Zero]);
        Answer(_coalescer.WaitAsync(Ever)).ShouldBe(true);
    }

    [Fact]
    public void Requests_within_the_interval_make_one_run_at_its_end()
    {
        _coalescer.Request();
        Advance(10);
        for (var i = 0; i < 1000; i++)
            _coalescer.Request();

        var wait = _coalescer.WaitAsync(Ever);
        Advance(89);
        wait.IsCompleted.ShouldBeFalse();
        Advance(1);

        Answer(wait).ShouldBe(true);
        Advance(1000);
        _starts.ShouldBe([Ms(0), Ms(100)]);
    }

    [Fact]
    public void A_request_after_the_interval_runs_at_once_again()
    {
        _coalescer.Request();
        Advance(150);
        _coalescer.Request();

        _starts.ShouldBe([Ms(0), Ms(150)]);
    }

    [Fact]
    public void A_request_during_a_run_waits_for_the_next_run()
    {
        _outcome = null;
        _coalescer.Request();
        var first = _coalescer.WaitAsync(Ever);
        _coalescer.Request();
        var second = _coalescer.WaitAsync(Ever);

        EndRun(true);
        Answer(first).ShouldBe(true);
        second.IsCompleted.ShouldBeFalse();

        Advance(100);
        _starts.Count.ShouldBe(2);
        second.IsCompleted.ShouldBeFalse();
        EndRun(true);
        Answer(second).ShouldBe(true);
    }

    [Fact]
    public void A_request_before_a_run_waits_for_that_run_only()
    {
        _outcome = null;
        _coalescer.Request();
        Advance(5);
        var wait = _coalescer.WaitAsync(Ever);
        wait.IsCompleted.ShouldBeFalse();

        EndRun(true);

        Answer(wait).ShouldBe(true);
        _starts.Count.ShouldBe(1);
    }

    [Fact]
    public void During_a_storm_the_interval_grows_up_to_eightfold_and_afterwards_it_is_normal()
    {
        _coalescer.Request();
        for (var i = 0; i < 400; i++)
        {
            _coalescer.Request(20);
            Advance(10);
        }

        _starts.ShouldBe([Ms(0), Ms(100), Ms(300), Ms(700), Ms(1500), Ms(2300), Ms(3100), Ms(3900)]);

        Advance(10_000);
        _starts.Clear();
        var began = Now;
        _coalescer.Request(49);
        _coalescer.Request(49);
        Advance(10_000);
        _starts.ShouldBe([began, began + Ms(100)]);
    }

    [Fact]
    public void The_interval_grows_to_twice_the_last_run()
    {
        _outcome = null;
        _coalescer.Request();
        Advance(300);
        EndRun(true);
        _coalescer.Request();
        Advance(1000);

        _starts.ShouldBe([Ms(0), Ms(600)]);
    }

    [Fact]
    public void Without_a_least_interval_a_run_starts_when_the_last_one_has_ended()
    {
        using var coalescer = new Coalescer(Run, TimeSpan.Zero, _time);
        _ = coalescer.LoopAsync(() => _worked++, _stop.Token);
        _outcome = null;
        coalescer.Request();
        Advance(300);
        coalescer.Request();
        _starts.ShouldBe([Ms(0)]);

        EndRun(true);

        _starts.ShouldBe([Ms(0), Ms(300)]);
    }

    [Fact]
    public void A_failure_is_reported_at_once_and_repeated_at_growing_intervals_until_it_succeeds()
    {
        _outcome = false;
        _coalescer.Request();
        Answer(_coalescer.WaitAsync(TimeSpan.Zero)).ShouldBe(false);
        var wait = _coalescer.WaitAsync(Ever);
        Advance(5);
        Answer(wait).ShouldBe(false);

        Advance(TimeSpan.FromHours(1).TotalMilliseconds);
        var gaps = _starts.Zip(_starts.Skip(1), (a, b) => (b - a).TotalMilliseconds).ToList();
        gaps[..6].ShouldBe([5, 10, 20, 40, 80, 160]);
        gaps.Max().ShouldBe(5_000);
        gaps[^1].ShouldBe(5_000);

        _outcome = true;
        Advance(5_000);
        Answer(_coalescer.WaitAsync(TimeSpan.Zero)).ShouldBe(true);
        var runs = _starts.Count;
        Advance(TimeSpan.FromHours(1).TotalMilliseconds);
        _starts.Count.ShouldBe(runs);
    }

    [Fact]
    public void A_new_request_brings_the_repeat_forward_but_not_below_the_interval()
    {
        _outcome = false;
        _coalescer.Request();
        Advance(TimeSpan.FromMinutes(30).TotalMilliseconds);
        var runs = _starts.Count;
        _outcome = true;

        Advance(_time.UntilNextTimer!.Value.TotalMilliseconds - 1000);
        _coalescer.Request();

        _starts.Count.ShouldBe(runs + 1);
        Answer(_coalescer.WaitAsync(TimeSpan.Zero)).ShouldBe(true);
    }

    [Fact]
    public void A_request_that_cannot_wait_until_the_next_run_fails_at_once()
    {
        _coalescer.Request();
        _coalescer.Request();

        Answer(_coalescer.WaitAsync(Ms(99))).ShouldBe(false);
        _coalescer.WaitAsync(Ms(100)).IsCompleted.ShouldBeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(70)]
    public void Requests_every_few_milliseconds_delay_no_request_for_ever(int duration)
    {
        var longest = Drive(Enumerable.Repeat(5, 2_000), duration);

        var interval = Math.Max(100, 2 * duration);
        _starts.Count.ShouldBe(1 + (int)Math.Ceiling(10_000.0 / interval));
        longest.ShouldBeLessThanOrEqualTo(Ms(interval + duration));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void The_number_of_runs_and_every_wait_are_bounded_for_any_pattern_of_requests(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 40; round++)
        {
            using var fresh = new CoalescerTests();
            var duration = random.Next(0, 50);
            var scale = (int)Math.Pow(10, random.Next(1, 4));
            var gaps = Enumerable.Range(0, random.Next(1, 300)).Select(_ => random.Next(3) == 0 ? 0 : random.Next(scale)).ToList();

            var longest = fresh.Drive(gaps, duration);

            // One at the first request, one per interval, and one for what came after the last of them.
            fresh._starts.Count.ShouldBeLessThanOrEqualTo(2 + (gaps[..^1].Sum() / 100));
            fresh._starts.Zip(fresh._starts.Skip(1), (a, b) => b - a).ShouldAllBe(gap => gap >= Interval);
            longest.ShouldBeLessThanOrEqualTo((8 * Interval) + Ms(duration));
        }
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static bool? Answer(Task<bool> wait) => wait.IsCompleted ? wait.Result : null;

    private void Advance(double milliseconds) => _time.Advance(Ms(milliseconds));

    private Task<bool> Run(CancellationToken cancellationToken)
    {
        _starts.Add(Now);
        if (_outcome is { } outcome)
            return Task.FromResult(outcome);

        _running = new TaskCompletionSource<bool>();
        return _running.Task;
    }

    private void EndRun(bool succeeded) => _running!.SetResult(succeeded);

    /// <summary>Requests with these gaps (ms), runs of this duration (ms): the longest time from a request to the end of a run that started after it.</summary>
    private TimeSpan Drive(IEnumerable<int> gaps, int duration)
    {
        _outcome = duration == 0;
        var ends = new List<(TimeSpan Start, TimeSpan End)>();
        var requests = new List<TimeSpan>();
        using var coalescer = new Coalescer(RunFor, Interval, _time);
        _ = coalescer.LoopAsync(() => { }, _stop.Token);
        foreach (var gap in gaps)
        {
            requests.Add(Now);
            coalescer.Request();
            Advance(gap);
        }

        Advance(1000);
        return requests.Max(asked => ends.First(run => run.Start >= asked).End - asked);

        Task<bool> RunFor(CancellationToken cancellationToken)
        {
            var started = Now;
            _starts.Add(started);
            if (duration == 0)
            {
                ends.Add((started, started));
                return Task.FromResult(true);
            }

            var run = new TaskCompletionSource<bool>();
            _time.CreateTimer(_ =>
            {
                ends.Add((started, Now));
                run.SetResult(true);
            }, null, Ms(duration), Timeout.InfiniteTimeSpan);
            return run.Task;
        }
    }
}
