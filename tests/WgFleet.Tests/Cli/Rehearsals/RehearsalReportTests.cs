using System.Diagnostics;
using System.Text.Json;
using WgFleet.Cli.Rehearsals;
using WgFleet.Http.Api;
using WgFleet.WireGuard;

namespace WgFleet.Tests.Cli.Rehearsals;

public class RehearsalReportTests
{
    private static readonly RehearsalReport Report = new()
    {
        Fleet = "alpha", Machines = 300, Joined = 300, Back = 299, Clones = 6, Split = 6, Seconds = 412.3, Start = 0.2, Restart = 0.412, Killed = 2.42, Outage = 300,
        Requests = [new("register", 306, 0, 0, 12, 0.0042, 0.081, 0.12)],
        Hooks = [new("chat", "webhook", 12, 0.75, 1, 0, "it is paused")],
        Pruned = 3, HeldPrunes = 1,
        JoinedIn = new(0.04, 7.2, 9), Away = new(305, 362, 363.4), LongestAway = "rehearsal-0019", PingEvery = 60,
        Differences = ["The machines had no tunnels."], Failures = ["rehearsal-0001 (machine 1) is not back: its ping has no answer"],
    };

    [Fact]
    public void People_read_the_report_as_sentences_and_tables() => ReportText.Of(Report).ShouldBe("""
        300 of 300 machines joined alpha; 299 were in at the end, after 6m52s
        6 machines had the key of another one; 6 made a new key
        the gateway was killed, and was ready again after 2.4 s; its start took 412 ms
        no machine reached the gateway for 5m
        3 clients pruned, 1 prune held

        MACHINE                                    P50    P99    LONGEST
        from power on to its first answered ping   40 ms  7.2 s  9 s
        its longest time without an answered ping  5m5s   6m2s   6m3s
        Each pings every 1m; rehearsal-0019 was away for longest.

        REQUEST   COUNT  FAILED  REFUSED  UNANSWERED  P50     P99    LONGEST
        register  306    0       0        12          4.2 ms  81 ms  120 ms

        HOOK  KIND     MOST WAITING  LONGEST BEHIND  FAILURES  DEAD LETTERS
        chat  webhook  12            750 ms          1         0

        Hook chat: it is paused
        Not as on the real gateway:
        - The machines had no tunnels.

        """);

    [Fact]
    public void Programs_read_it_as_JSON_in_seconds()
    {
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(Report, RehearsalJson.Default.RehearsalReport));

        json.RootElement.GetProperty("ok").GetBoolean().ShouldBeFalse();
        json.RootElement.GetProperty("requests")[0].GetProperty("p99").GetDouble().ShouldBe(0.081);
        json.RootElement.GetProperty("hooks")[0].GetProperty("longest_behind").GetDouble().ShouldBe(0.75);
        json.RootElement.GetProperty("away").GetProperty("longest").GetDouble().ShouldBe(363.4);
    }

    [Fact]
    public void A_spread_has_the_time_that_a_share_does_not_exceed()
    {
        Spread.Of(Enumerable.Range(1, 200).Reverse().Select(i => TimeSpan.FromSeconds(i))).ShouldBe(new Spread(100, 198, 200));
        Spread.Of([TimeSpan.FromSeconds(7)]).ShouldBe(new Spread(7, 7, 7));
        Spread.Of([]).ShouldBe(new Spread(0, 0, 0));
    }

    [Fact]
    public void Requests_are_counted_by_what_became_of_them_and_only_answers_have_a_time()
    {
        var measurements = new Measurements();
        var sent = Stopwatch.GetTimestamp();
        foreach (var status in new int?[] { 200, 200, 404, 503, null })
            measurements.Add(RequestKinds.Ping, sent, status);

        var ping = measurements.Report().ShouldHaveSingleItem();

        (ping.Kind, ping.Count, ping.Failed, ping.Refused, ping.Unanswered).ShouldBe(("ping", 5, 1, 1, 1));
        ping.Longest.ShouldBeGreaterThanOrEqualTo(ping.P50);
    }

    [Fact]
    public void A_machine_that_was_never_answered_and_a_hook_that_is_behind_are_failures()
    {
        using var requests = new MachineRequests("alpha", new Measurements());
        var machine = new SimulatedMachine(0, "rehearsal-0001", PrivateKey.Generate().PublicKey, TimeSpan.FromSeconds(60), requests, new Outage());

        var failures = RehearsalFailures.Of([machine], 1, [], [("chat", 3)]);

        failures.Away.ShouldBe(1);
        failures.Lines.ShouldBe(["rehearsal-0001 (machine 1) is not in: it was not switched on", "hook chat is still behind by 3 events"]);
    }

    [Fact]
    public void Machines_that_have_one_key_at_the_end_are_a_failure()
    {
        using var requests = new MachineRequests("alpha", new Measurements());
        var key = PrivateKey.Generate().PublicKey;
        SimulatedMachine[] machines = [.. Enumerable.Range(0, 2).Select(i => new SimulatedMachine(i, "rehearsal-0001", key, TimeSpan.FromSeconds(60), requests, new Outage()))];

        // A mark of 0: both have been answered.
        RehearsalFailures.Of(machines, 0, [], []).Lines.ShouldContain("machine 1 and machine 2 have one key still, and so one address");
    }

    [Fact]
    public async Task An_outage_holds_requests_back_until_it_ends()
    {
        var outage = new Outage();
        (await outage.IsPassedAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();

        outage.Begin();
        var held = outage.IsPassedAsync(TestContext.Current.CancellationToken);
        held.IsCompleted.ShouldBeFalse();
        outage.End();

        (await held).ShouldBeTrue();
    }
}
