using Microsoft.Extensions.Logging;
using WgFleet.Hosting;

namespace WgFleet.Tests.Hosting;

public sealed class SupervisorTests : IAsyncDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ManualTime _time = new();
    private readonly CollectedLog _log = new();
    private readonly Supervisor _supervisor;

    public SupervisorTests() => _supervisor = new Supervisor(_time, new Logger<Supervisor>(_log));

    [Fact]
    public async Task A_loop_that_throws_is_logged_with_its_stack_shown_as_failing_and_restarted()
    {
        var runs = 0;
        _supervisor.Run("history", async (part, stopping) =>
        {
            if (++runs == 1)
                throw new InvalidOperationException("no such\nslot");

            part.Works();
            await Task.Delay(Timeout.Infinite, stopping);
        });

        var failing = await FailingAsync("history");
        failing.ShouldBe(new PartStatus("history", _time.GetUtcNow(), "no such slot", 1));
        var line = _log.Lines.ShouldHaveSingleItem();
        line.Level.ShouldBe(LogLevel.Error);
        line.Message.ShouldStartWith("history has failed, starting it again in ");
        line.Exception.ShouldBeOfType<InvalidOperationException>();

        await Eventually.True(() => runs == 2, () => _time.Advance(TimeSpan.FromSeconds(1)));
        await Eventually.True(() => !_supervisor.Parts[0].IsFailing);
        _supervisor.Parts.ShouldBe([new PartStatus("history", null, null, 1)]);
    }

    [Fact]
    public async Task A_loop_that_returns_without_being_told_to_stop_is_a_fault()
    {
        var runs = 0;
        _supervisor.Run("follow", (_, _) =>
        {
            runs++;
            return Task.CompletedTask;
        });

        (await FailingAsync("follow")).Reason.ShouldBe("it ended although nothing stopped it");
        await Eventually.True(() => runs > 2, () => _time.Advance(Minute));
    }

    [Fact]
    public async Task The_wait_before_a_restart_doubles_up_to_ten_seconds()
    {
        _supervisor.Run("follow", (_, _) => throw new IOException("gone"));

        var waits = new List<double>();
        for (var faults = 1; faults <= 10; faults++)
        {
            await Eventually.True(() => _supervisor.Parts[0].Faults == faults && _time.UntilNextTimer is not null);
            waits.Add(_time.UntilNextTimer!.Value.TotalSeconds);
            _time.Advance(_time.UntilNextTimer!.Value);
        }

        foreach (var (i, wait) in waits.Index())
            wait.ShouldBeInRange(0.8 * Math.Min(10, Math.Pow(2, i)), Math.Min(10, Math.Pow(2, i)));
    }

    [Fact]
    public async Task A_repeated_fault_is_logged_as_one_line_without_its_stack()
    {
        _supervisor.Run("follow", (_, _) => throw new IOException("gone"));

        await Eventually.True(() => _log.Lines.Count == 3, () => _time.Advance(TimeSpan.FromSeconds(1)));
        _log.Lines.Count(l => l.Exception is not null).ShouldBe(1);
        _log.Lines[2].Message.ShouldMatch(@"\Afollow has failed 3 times in a row, starting it again in [0-9.]+ s: gone\z");
    }

    [Fact]
    public async Task A_fault_that_lasts_is_logged_four_times_and_then_once_a_minute()
    {
        _supervisor.Run("follow", (_, _) => throw new IOException("gone"));

        var since = _time.GetUtcNow();
        while (_time.GetUtcNow() - since < TimeSpan.FromMinutes(10))
        {
            await Eventually.True(() => _time.UntilNextTimer is not null);
            var faults = _supervisor.Parts[0].Faults;
            _time.Advance(_time.UntilNextTimer!.Value);
            await Eventually.True(() => _supervisor.Parts[0].Faults > faults);
        }

        _supervisor.Parts[0].Faults.ShouldBeGreaterThan(60);
        _log.Lines.Count.ShouldBeInRange(12, 15);
    }

    [Fact]
    public async Task A_failing_part_does_not_affect_the_others()
    {
        var rounds = 0;
        _supervisor.Run("broken", (_, _) => throw new IOException("gone"));
        _supervisor.Every("prune", Minute, _ =>
        {
            rounds++;
            return Task.CompletedTask;
        });
        await FailingAsync("broken");

        await Eventually.True(() => rounds >= 3, () => _time.Advance(Minute));
        _supervisor.Parts.Single(p => p.Name == "prune").IsFailing.ShouldBeFalse();
    }

    [Fact]
    public async Task A_round_that_fails_is_repeated_before_the_next_interval()
    {
        var rounds = 0;
        var since = _time.GetUtcNow();
        _supervisor.Every("prune", TimeSpan.FromHours(1), _ => ++rounds == 1 ? throw new IOException("gone") : Task.CompletedTask);
        await _time.SomebodyWaitsAsync(TimeSpan.FromHours(1)).WaitAsync(Ct);
        _time.Advance(TimeSpan.FromHours(1));
        await FailingAsync("prune");

        await Eventually.True(() => rounds == 2, () => _time.Advance(TimeSpan.FromSeconds(1)));

        (_time.GetUtcNow() - since).ShouldBeLessThan(TimeSpan.FromMinutes(65));
        await Eventually.True(() => !_supervisor.Parts[0].IsFailing);
    }

    [Fact]
    public async Task Stopping_waits_for_the_loops_and_never_throws()
    {
        var started = new TaskCompletionSource();
        var ended = false;
        _supervisor.Run("good", async (_, stopping) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ended = true;
        });
        _supervisor.Run("bad", async (_, stopping) =>
        {
            using var thrower = stopping.Register(() => throw new InvalidOperationException("on cancel"));
            await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new IOException("at the end");
        });
        _supervisor.Run("broken", (_, _) => throw new IOException("gone"));
        await started.Task.WaitAsync(Ct);
        await FailingAsync("broken");

        await _supervisor.StopAsync();

        ended.ShouldBeTrue();
        await _supervisor.StopAsync();
    }

    [Fact]
    public async Task A_loop_that_ignores_the_stop_delays_it_by_ten_seconds_at_most()
    {
        var started = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        _supervisor.Run("hung", (_, _) =>
        {
            started.SetResult();
            return never.Task;
        });
        await started.Task.WaitAsync(Ct);

        var stop = _supervisor.StopAsync();
        await _time.SomebodyWaitsAsync(TimeSpan.FromSeconds(10)).WaitAsync(Ct);
        stop.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(10));
        await stop.WaitAsync(Ct);

        _log.At(LogLevel.Warning).ShouldBe(["hung did not stop within 10 s; the server does not wait for it any longer"]);
        never.SetResult();
    }

    [Fact]
    public async Task A_part_can_be_stopped_alone_and_is_no_longer_listed()
    {
        var part = _supervisor.Run("one", (_, stopping) => Task.Delay(Timeout.Infinite, stopping));
        _supervisor.Run("other", (_, stopping) => Task.Delay(Timeout.Infinite, stopping));

        await part.DisposeAsync();

        _supervisor.Parts.Select(p => p.Name).ShouldBe(["other"]);
    }

    [Fact]
    public async Task A_part_that_may_end_is_not_restarted()
    {
        var go = new TaskCompletionSource();
        var part = _supervisor.Run("writer", (_, _) => go.Task);
        part.LetEnd();
        go.SetResult();

        await part.Ended.WaitAsync(Ct);

        part.Status.IsFailing.ShouldBeFalse();
        _log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_fatal_fault_is_reported_and_not_retried()
    {
        var runs = 0;
        _supervisor.Run("writer", (_, _) =>
        {
            runs++;
            throw new FatalException("the database has what nobody knows");
        });

        (await _supervisor.Fatal.WaitAsync(Ct)).Message.ShouldBe("the database has what nobody knows");
        _time.Advance(TimeSpan.FromHours(1));
        runs.ShouldBe(1);
        _log.At(LogLevel.Critical).ShouldBe(["writer cannot continue, so the server ends"]);
    }

    public ValueTask DisposeAsync() => _supervisor.DisposeAsync();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private async Task<PartStatus> FailingAsync(string name)
    {
        await Eventually.True(() => _supervisor.Parts.Any(p => p.Name == name && p.IsFailing));
        return _supervisor.Parts.Single(p => p.Name == name);
    }
}
