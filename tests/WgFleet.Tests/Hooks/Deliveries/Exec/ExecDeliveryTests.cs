using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Exec;
using WgFleet.Hooks.Programs;

namespace WgFleet.Tests.Hooks.Deliveries.Exec;

public sealed class ExecDeliveryTests : IDisposable
{
    private readonly ExecStage _stage = new();

    private static CancellationToken Ct => ExecStage.Ct;

    public void Dispose() => _stage.Dispose();

    [Theory]
    [InlineData("exit 0", nameof(DeliveryVerdict.Delivered), "exit 0", null)]
    [InlineData("echo fine", nameof(DeliveryVerdict.Delivered), "exit 0", null)]
    [InlineData("echo no such ticket; exit 1", nameof(DeliveryVerdict.Retry), "exit 1", "exit 1: no such ticket")]
    [InlineData("exit 75", nameof(DeliveryVerdict.Retry), "exit 75", "exit 75, to be tried again")]
    [InlineData("echo no key >&2; exit 78", nameof(DeliveryVerdict.Rejected), "exit 78", "exit 78: no key")]
    [InlineData("exit 255", nameof(DeliveryVerdict.Retry), "exit 255", "exit 255")]
    [InlineData("echo so long; kill -KILL $$", nameof(DeliveryVerdict.Retry), "signal 9", "signal 9: so long")]
    [InlineData("kill -TERM $$", nameof(DeliveryVerdict.Retry), "signal 15", "signal 15")]
    public async Task The_exit_code_decides_the_outcome(string lines, string verdict, string code, string? error)
    {
        var outcome = await _stage.RunAsync(lines);

        outcome.Verdict.ToString().ShouldBe(verdict);
        outcome.Code.ShouldBe(code);
        outcome.Error.ShouldBe(error);
    }

    [Fact]
    public async Task The_environment_is_exactly_the_documented_one()
    {
        var world = new World();
        world.Add();
        world.Rename("a1");
        var delivery = _stage.Delivery(_stage.Folder.Script("tr '\\0' '\\n' < /proc/$$/environ"));

        var outcome = await delivery.DeliverAsync(ExecStage.Attempt(world.Rename("a2").Events[0], number: 3), Ct);

        outcome.Response.ShouldBe("""
            PATH=/usr/sbin:/usr/bin:/sbin:/bin
            LANG=C.UTF-8
            WGFLEET_HOOK=cmdb
            WGFLEET_EVENT_ID=evt_3
            WGFLEET_TYPE=client.hostname_changed
            WGFLEET_SEQ=3
            WGFLEET_ATTEMPT=3
            WGFLEET_REPLAYED=0
            WGFLEET_FLEET=alpha
            WGFLEET_IP=fd00:1::1
            WGFLEET_HOSTNAME=a2
            WGFLEET_PREVIOUS_HOSTNAME=a1
            WGFLEET_REASON=
            WGFLEET_PHASE=
            WGFLEET_OPERATOR=

            """);
    }

    [Fact]
    public void A_variable_is_empty_if_the_event_has_no_such_value()
    {
        var world = new World();

        ExecEnvironment.Of("cmdb", ExecStage.Attempt(world.Startup() with { Replayed = true })).Skip(2).ShouldBe(
        [
            "WGFLEET_HOOK=cmdb", "WGFLEET_EVENT_ID=evt_startup", "WGFLEET_TYPE=startup", "WGFLEET_SEQ=1", "WGFLEET_ATTEMPT=1", "WGFLEET_REPLAYED=1",
            "WGFLEET_FLEET=", "WGFLEET_IP=", "WGFLEET_HOSTNAME=", "WGFLEET_PREVIOUS_HOSTNAME=", "WGFLEET_REASON=", "WGFLEET_PHASE=", "WGFLEET_OPERATOR=",
        ]);
        world.Add();
        ExecEnvironment.Of("cmdb", ExecStage.Attempt(world.Remove().Events[0])).ShouldContain("WGFLEET_REASON=stale");
    }

    [Fact]
    public async Task Arguments_are_passed_unchanged_with_the_events_type_last()
    {
        string[] args = ["; rm -rf /", "two words", "line\nbreak", "", "$(id)", "`id`", "*", "'\"\\", "-x", "żółw"];

        var outcome = await _stage.RunAsync("printf '[%s]' \"$0\" \"$@\"", args);

        outcome.Response.ShouldBe(string.Concat(args.Prepend(_stage.Folder.File("program")).Append("client.added").Select(a => $"[{a}]")));
    }

    [Fact]
    public async Task Standard_input_is_the_event_and_then_ends()
    {
        var attempt = ExecStage.Attempt();

        var outcome = await _stage.Delivery(_stage.Folder.Script("cat")).DeliverAsync(attempt, Ct);

        Encoding.UTF8.GetBytes(outcome.Response).ShouldBe(attempt.Envelope.ToArray());
    }

    [Fact]
    public async Task An_event_larger_than_a_pipe_arrives_complete()
    {
        var envelope = RandomNumberGenerator.GetBytes(1_000_000);

        var outcome = await _stage.Delivery(_stage.Folder.Script("sleep 0.1; sha256sum")).DeliverAsync(ExecStage.Attempt(envelope: envelope), Ct);

        outcome.Response.ShouldStartWith(Convert.ToHexStringLower(SHA256.HashData(envelope)));
    }

    [Theory]
    [InlineData("exit 0")]
    [InlineData("head -c 10 >/dev/null")]
    [InlineData("exec <&-; echo closed")]
    public async Task A_program_that_does_not_read_its_input_succeeds(string lines)
    {
        var outcome = await _stage.Delivery(_stage.Folder.Script(lines)).DeliverAsync(ExecStage.Attempt(envelope: new byte[1_000_000]), Ct);

        outcome.Verdict.ShouldBe(DeliveryVerdict.Delivered);
        outcome.Error.ShouldBeNull();
    }

    [Fact]
    public async Task Both_outputs_are_kept_together_in_order_and_logged_line_by_line()
    {
        var outcome = await _stage.RunAsync("echo one; echo two >&2; printf '\\033[31mthree\\000\\n\\nfour'");

        outcome.Response.ShouldBe("one\ntwo\n\uFFFD[31mthree\uFFFD\n\nfour");
        _stage.Log.Lines.ShouldBe(
        [
            (LogLevel.Debug, "Hook cmdb: one"),
            (LogLevel.Debug, "Hook cmdb: two"),
            (LogLevel.Debug, "Hook cmdb: \uFFFD[31mthree\uFFFD"),
            (LogLevel.Debug, "Hook cmdb: "),
            (LogLevel.Debug, "Hook cmdb: four"),
        ]);
    }

    [Fact]
    public async Task The_last_4_KiB_of_a_megabyte_of_error_output_are_kept()
    {
        var outcome = await _stage.RunAsync("head -c 1000000 /dev/zero | tr '\\0' e >&2; echo; echo end; exit 1");

        outcome.Response.ShouldBe(new string('e', 4096 - 5) + "\nend\n");
        outcome.Error.ShouldBe("exit 1: end");
    }

    [Fact]
    public async Task A_program_runs_in_the_root_directory_in_its_own_session_with_three_open_files_and_no_blocked_signal()
    {
        (await _stage.RunAsync("pwd; exec ls /proc/self/fd")).Response.ShouldBe("/\n0\n1\n2\n3\n");
        (await _stage.RunAsync("exec grep -E 'Sig(Blk|Ign)' /proc/self/status")).Response.ShouldBe("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");

        var ids = (await _stage.RunAsync("echo $$; cut -d' ' -f1,5,6 /proc/$$/stat")).Response.Split('\n');
        ids[1].ShouldBe($"{ids[0]} {ids[0]} {ids[0]}");
    }

    [Fact]
    public async Task A_program_runs_as_the_configured_user_with_that_users_groups()
    {
        (await _stage.RunAsync("id -un")).Response.ShouldBe(ExecFolder.User + "\n");

        var groups = (await _stage.RunAsync($"id -G; id -G {ExecFolder.User}")).Response.Split('\n');
        groups[0].Split(' ').Order().ShouldBe(groups[1].Split(' ').Order());
    }

    [Fact]
    public async Task A_program_can_run_as_the_servers_own_user()
    {
        var self = Environment.UserName;

        var outcome = await _stage.Delivery(new ExecConfig { Command = _stage.Folder.Script("id -un"), User = self }).DeliverAsync(ExecStage.Attempt(), Ct);

        outcome.Response.ShouldBe(self + "\n");
    }

    [Fact]
    public async Task An_unknown_user_is_refused()
    {
        var config = new ExecConfig { Command = _stage.Folder.Script("exit 0"), User = "nosuchuser" };

        var outcome = await _stage.Delivery(config).DeliverAsync(ExecStage.Attempt(), Ct);

        outcome.Verdict.ShouldBe(DeliveryVerdict.Rejected);
        outcome.Error.ShouldBe("there is no user 'nosuchuser'; create it, or set exec.user");
        ExecDelivery.Problems(config).Select(p => p.Text).ShouldBe([outcome.Error]);
    }

    [Fact]
    public void A_server_that_is_not_root_runs_programs_only_as_its_own_user()
    {
        ProgramUser.Find("root", 4242, "exec.user", out var problem).ShouldBeNull();
        problem.ShouldBe("programs cannot run as 'root', since wg-fleet is not root; run wg-fleet as root, or set exec.user to its own user");

        ProgramUser.Find("root", 0, "exec.user", out problem).ShouldNotBeNull().Command(0, ["/x", "y"]).ShouldBe(["/usr/bin/setpriv", "--pdeathsig=KILL", "--", "/x", "y"]);
        problem.ShouldBeNull();
    }

    [Fact]
    public void All_problems_of_a_program_are_reported_at_once()
    {
        ExecDelivery.Problems(new ExecConfig { Command = "x", User = "no\0body", Args = ["a\0b"] }).Count().ShouldBe(3);
        ExecDelivery.Problems(new ExecConfig { Command = _stage.Folder.Script("exit 0"), User = ExecFolder.User, Args = ["a b"] }).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_file_is_checked_again_before_every_run()
    {
        var path = _stage.Folder.Script("exit 0");
        var delivery = _stage.Delivery(path);
        (await delivery.DeliverAsync(ExecStage.Attempt(), Ct)).Verdict.ShouldBe(DeliveryVerdict.Delivered);

        ExecFolder.Chmod("0777", path);
        var outcome = await delivery.DeliverAsync(ExecStage.Attempt(), Ct);
        outcome.Verdict.ShouldBe(DeliveryVerdict.Retry);
        outcome.Error.ShouldBe($"{path} can be written by others than its owner (mode 0777); chmod go-w {path}");

        File.Delete(path);
        (await delivery.DeliverAsync(ExecStage.Attempt(), Ct)).Error.ShouldBe($"{path}: No such file or directory");

        _stage.Folder.Script("exit 0");
        (await delivery.DeliverAsync(ExecStage.Attempt(), Ct)).Verdict.ShouldBe(DeliveryVerdict.Delivered);
    }

    [Fact]
    public async Task A_program_that_cannot_be_started_is_tried_again()
    {
        var path = _stage.Folder.Write("program", "#!/nonexistent\n");

        var asUser = await _stage.Delivery(path).DeliverAsync(ExecStage.Attempt(), Ct);
        var asSelf = await _stage.Delivery(new ExecConfig { Command = path, User = Environment.UserName }).DeliverAsync(ExecStage.Attempt(), Ct);

        asUser.Verdict.ShouldBe(DeliveryVerdict.Retry);
        asUser.Error!.ShouldEndWith("No such file or directory");
        asSelf.Verdict.ShouldBe(DeliveryVerdict.Retry);
        asSelf.Error!.ShouldEndWith("No such file or directory");
    }

    [Fact]
    public async Task Other_child_processes_are_not_reaped()
    {
        var deliveries = Enumerable.Range(0, 10).Select(i => _stage.Delivery(_stage.Folder.Script($"exit {i}", $"program{i}"))).ToArray();

        var ours = deliveries.Select(d => d.DeliverAsync(ExecStage.Attempt(), Ct)).ToArray();
        for (var i = 0; i < 10; i++)
            ExecFolder.Command("true");

        (await Task.WhenAll(ours)).Select(o => o.Code).ShouldBe(Enumerable.Range(0, 10).Select(i => $"exit {i}"));
    }

    [Fact]
    public void The_waits_between_attempts_are_the_documented_ones_plus_or_minus_a_fifth()
    {
        TimeSpan?[] Ladder(double random, int attempts = ProgramLadder.Attempts) =>
            [.. Enumerable.Range(1, 10).Select(new ExecDelivery("cmdb", new ExecConfig { Command = "/x" }, _stage.Time, _stage.Log, attempts, new Fixed(random)).DelayBefore)];

        Ladder(0.5).Select(d => d?.TotalSeconds).ShouldBe([null, 5, 15, 60, 300, 900, 1800, 3600, null, null]);
        Ladder(0.5, 9).Select(d => d?.TotalSeconds).ShouldBe([null, 5, 15, 60, 300, 900, 1800, 3600, 3600, null]);
        Ladder(0.5, 1).ShouldAllBe(d => d == null);
        Ladder(0)[1].ShouldBe(TimeSpan.FromSeconds(4));
        Ladder(1 - 1e-9)[1]!.Value.ShouldBe(TimeSpan.FromSeconds(6), TimeSpan.FromMilliseconds(1));
    }

    private sealed class Fixed(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
