using System.Text;
using WgFleet.Config;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Streaming;
using WgFleet.Hooks.Programs;
using WgFleet.Tests.Hooks.Deliveries.Exec;
using WgFleet.Tests.Hooks.Programs;

namespace WgFleet.Tests.Hooks.Deliveries.Streaming;

/// <summary>Events that are given to a program that stays running.</summary>
public sealed class StreamDeliveryTests : IAsyncDisposable
{
    private readonly StreamStage _stage = new();

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task The_program_is_started_once_greeted_and_given_each_event_as_it_is_stored()
    {
        var delivery = _stage.Delivery("while next; do echo \"$line\" >&2; ok; done", settings: new Dictionary<string, string> { ["path"] = "/x \"y\"" });
        var hello = await _stage.Log.HearAsync("{\"type\":\"hello\"");
        var attempt = ExecStage.Attempt();

        hello.ShouldBe($$$""","id":"hello","protocol":1,"server":"{{{WgFleet.Hosting.ProductInfo.Version}}}","hook":"cmdb","sends":"events","concurrency":1,"settings":{"path":"/x \"y\""}}""");
        for (var i = 0; i < 3; i++)
        {
            var outcome = await delivery.DeliverAsync(attempt, StreamStage.Ct);
            outcome.ShouldBe(new DeliveryOutcome(DeliveryVerdict.Delivered) { Code = "ok", Response = Encoding.UTF8.GetString(attempt.Envelope.Span) + "\n" });
        }

        delivery.Program!.Starts.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{\"id\":\"$id\",\"ok\":false}""", nameof(DeliveryVerdict.Retry), "the program answered that it failed, without a reason", null)]
    [InlineData("""{\"id\":\"$id\",\"ok\":false,\"error\":\"no such ticket\"}""", nameof(DeliveryVerdict.Retry), "no such ticket", null)]
    [InlineData("""{\"id\":\"$id\",\"ok\":false,\"error\":\"busy\",\"retry_after\":90.5}""", nameof(DeliveryVerdict.Retry), "busy", 90.5)]
    [InlineData("""{\"id\":\"$id\",\"ok\":false,\"error\":\"busy\",\"retry_after\":1e300}""", nameof(DeliveryVerdict.Retry), "busy", 86400d)]
    [InlineData("""{\"id\":\"$id\",\"ok\":false,\"error\":\"busy\",\"retry_after\":-1}""", nameof(DeliveryVerdict.Retry), "busy", 0d)]
    [InlineData("""{\"permanent\":true,\"error\":\"two\\nlines\",\"more\":[1,{}],\"ok\":false,\"id\":\"$id\"}""", nameof(DeliveryVerdict.Rejected), "two lines", null)]
    public async Task The_answer_says_what_becomes_of_the_event(string answer, string verdict, string error, double? after)
    {
        var delivery = _stage.Delivery($"next; ok; next; printf '%s\\n' \"{answer}\"; next");

        var outcome = await StreamStage.GiveAsync(delivery);

        (outcome.Verdict.ToString(), outcome.Code, outcome.Error, outcome.RetryAfter?.TotalSeconds).ShouldBe((verdict, "not ok", error, after));
    }

    [Fact]
    public async Task A_program_that_has_ended_is_started_again_and_the_event_that_was_out_has_failed()
    {
        var delivery = _stage.Delivery("next; ok; next; ok; next; echo dying >&2; exit 7");
        (await StreamStage.GiveAsync(delivery)).Verdict.ShouldBe(DeliveryVerdict.Delivered);

        var failed = await StreamStage.GiveAsync(delivery);
        (failed.Verdict, failed.Code, failed.Error).ShouldBe((DeliveryVerdict.Retry, "exit 7", "the program ended before it answered, exit 7: dying"));

        (await _stage.UntilDoneAsync(StreamStage.GiveAsync(delivery))).Verdict.ShouldBe(DeliveryVerdict.Delivered);
        delivery.Program!.Starts.ShouldBe(2);
        delivery.Program.LastEnd.ShouldBe("it ended by itself, exit 7: dying");
    }

    [Fact]
    public async Task An_event_that_a_program_has_not_got_since_it_had_ended_is_given_to_the_next_process_and_has_not_failed()
    {
        // It ends after each event, as a program may that is afraid of its own leaks.
        var delivery = _stage.Delivery("next; ok; next; ok");

        for (var i = 0; i < 5; i++)
        {
            (await _stage.UntilDoneAsync(StreamStage.GiveAsync(delivery))).Verdict.ShouldBe(DeliveryVerdict.Delivered);

            // On a busy machine the next process may have been started already.
            var starts = i + 1;
            await Eventually.True(() => delivery.Program!.ProcessId is null || delivery.Program.Starts > starts);
        }
    }

    [Theory]
    [InlineData("next; sleep 1000", "it did not answer the hello within 10 s (start_timeout); a program must flush its standard output after each line")]
    [InlineData("next; echo not me >&2; exit 2", "it did not answer the hello: it ended by itself, exit 2: not me")]
    [InlineData("next; echo \"{\\\"id\\\":\\\"hello\\\",\\\"ok\\\":false,\\\"error\\\":\\\"no licence\\\"}\"; next", "it refused to run: no licence")]
    [InlineData("next; echo \"{\\\"id\\\":\\\"hello\\\",\\\"ok\\\":true,\\\"protocol\\\":2}\"; next", "it uses version 2 of the protocol, and this server uses version 1")]
    public async Task A_program_that_does_not_get_through_the_hello_is_started_again_and_again_while_the_event_waits(string lines, string problem)
    {
        var delivery = _stage.Delivery($"if [ -e \"$0.good\" ]; then while next; do ok; done; fi; {lines}");
        var given = StreamStage.GiveAsync(delivery);
        var longest = lines.Contains("sleep", StringComparison.Ordinal) ? 10 : 5;
        await Eventually.True(() => delivery.Program is { Starts: > 2, Problem: not null, ProcessId: null }, () => _stage.Pass(longest));
        delivery.Program!.LastEnd.ShouldBe(problem);
        given.IsCompleted.ShouldBeFalse();

        _stage.Folder.Write("program.good", "");

        (await _stage.UntilDoneAsync(given, longest)).Verdict.ShouldBe(DeliveryVerdict.Delivered);
        delivery.Program.Problem.ShouldBeNull();
    }

    [Fact]
    public async Task The_file_is_looked_at_again_before_every_start()
    {
        var delivery = _stage.Delivery("next; ok; next; ok");
        (await StreamStage.GiveAsync(delivery)).Verdict.ShouldBe(DeliveryVerdict.Delivered);
        await Eventually.True(() => delivery.Program!.ProcessId is null);
        ExecFolder.Chmod("0777", _stage.Folder.File("program"));

        var given = StreamStage.GiveAsync(delivery);
        await Eventually.True(() => delivery.Program!.Problem?.Contains("can be written by others", StringComparison.Ordinal) == true, () => _stage.Time.Advance(TimeSpan.FromMilliseconds(10)));

        ExecFolder.Chmod("0755", _stage.Folder.File("program"));
        (await _stage.UntilDoneAsync(given)).Verdict.ShouldBe(DeliveryVerdict.Delivered);
    }

    [Fact]
    public async Task It_runs_as_the_configured_user_in_the_documented_environment_in_the_root_directory()
    {
        var delivery = _stage.Delivery("next; ok; next; id -un >&2; tr '\\0' '\\n' < /proc/$$/environ >&2; pwd >&2; ok; next");

        (await StreamStage.GiveAsync(delivery)).Response.ShouldBe($"{ExecFolder.User}\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\nLANG=C.UTF-8\nWGFLEET_HOOK=cmdb\n/\n");
    }

    [Fact]
    public async Task A_stop_waits_a_second_for_the_answer_to_the_event_that_is_out()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(StreamStage.Ct);
        var delivery = _stage.Delivery("next; ok; next; echo got >&2; until [ -e \"$0.go\" ]; do sleep 0.01; done; ok; next; echo got again >&2; next");
        var first = delivery.DeliverAsync(ExecStage.Attempt(), stop.Token);
        await _stage.Log.HearAsync("got");
        await stop.CancelAsync();
        await _stage.Time.SomebodyWaitsAsync(StreamDelivery.StopGrace);
        _stage.Folder.Write("program.go", "");
        (await first).Verdict.ShouldBe(DeliveryVerdict.Delivered);

        using var again = CancellationTokenSource.CreateLinkedTokenSource(StreamStage.Ct);
        var second = delivery.DeliverAsync(ExecStage.Attempt(), again.Token);
        await _stage.Log.HearAsync("got again");
        await again.CancelAsync();
        await _stage.Time.SomebodyWaitsAsync(StreamDelivery.StopGrace);
        _stage.Time.Advance(StreamDelivery.StopGrace);
        await Should.ThrowAsync<OperationCanceledException>(second);
    }

    [Fact]
    public async Task An_event_with_line_breaks_between_its_values_is_given_as_one_line()
    {
        var delivery = _stage.Delivery("while next; do echo \"$line\" >&2; ok; done");
        var attempt = ExecStage.Attempt(envelope: Encoding.UTF8.GetBytes("{\"specversion\":\"1.0\",\"id\":\"evt_1\",\r\n\"data\":{\n}}"));

        (await delivery.DeliverAsync(attempt, StreamStage.Ct)).Response.ShouldBe("{\"specversion\":\"1.0\",\"id\":\"evt_1\",  \"data\":{ }}\n");
    }

    [Fact]
    public void All_problems_of_a_configuration_are_told_at_once()
    {
        StreamDelivery.Problems(new StreamConfig { Command = "x", User = "nosuchuser", Args = ["a\0b"] }).Select(p => p.Key).ShouldBe(["command", "user", "args"]);
        StreamDelivery.Problems(new StreamConfig { Command = _stage.Script("next"), User = ExecFolder.User }).ShouldBeEmpty();
    }

    [Fact]
    public void Attempts_follow_the_ladder_of_programs()
    {
        var delivery = new StreamDelivery("cmdb", new StreamConfig { Command = "/x" }, new Dictionary<string, string>(), _stage.Time, _stage.Log, maxAttempts: 3);

        delivery.DelayBefore(2)!.Value.ShouldBeInRange(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(6));
        delivery.DelayBefore(3)!.Value.ShouldBeInRange(TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(18));
        delivery.DelayBefore(4).ShouldBeNull();
    }
}
