using System.Globalization;
using WgFleet.Config;
using WgFleet.Hooks.Projections.Templates;
using WgFleet.Linux;

namespace WgFleet.Tests.Hooks.Projections.Templates;

public sealed class AfterWriteTests : IDisposable
{
    private readonly Folder _folder = new();
    private Tool? _counter;

    private string PidPath => _folder.File("daemon.pid");

    private string Output => _folder.File("output");

    private string Note => _folder.File(".output.signal");

    public void Dispose()
    {
        _counter?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_process_gets_the_signal_only_when_the_file_has_changed()
    {
        await StartCounterAsync();
        var names = Names();
        names.Add("alpha", 1, "a1");

        await names.RunAsync();
        (await SignalsAsync()).ShouldBe("HUP");

        names.Add("alpha", 2, null);
        await names.RunAsync();
        (await SignalsAsync()).ShouldBe("HUP");

        names.Add("alpha", 3, "a3");
        await names.RunAsync();
        (await SignalsAsync()).ShouldBe("HUP HUP");
        _folder.Names().ShouldNotContain(".output.signal");
    }

    [Fact]
    public async Task Many_files_that_change_in_one_run_cause_one_signal()
    {
        await StartCounterAsync();
        var names = Names(path: _folder.File("{fleet}.txt"));
        names.Add("alpha", 1, "a1");
        names.Add("beta", 2, "b2");

        await names.RunAsync();

        File.Exists(_folder.File("alpha.txt")).ShouldBeTrue();
        File.Exists(_folder.File("beta.txt")).ShouldBeTrue();
        (await SignalsAsync()).ShouldBe("HUP");
    }

    [Fact]
    public async Task The_configured_signal_is_sent()
    {
        await StartCounterAsync();

        await Names(c => c with { Signal = "USR2" }).RunAsync();

        (await SignalsAsync()).ShouldBe("USR2");
    }

    [Fact]
    public async Task A_signal_that_could_not_be_sent_fails_the_run_and_is_sent_later_without_another_change()
    {
        var names = Names();
        names.Add("alpha", 1, "a1");

        (await names.FailAsync()).ShouldStartWith("cannot read the pid file: Could not find file");
        File.ReadAllText(Output).ShouldContain("a1.alpha.example.test");
        (await names.FailAsync()).ShouldStartWith("cannot read the pid file: Could not find file");

        await StartCounterAsync();
        await names.RunAsync();
        (await SignalsAsync()).ShouldBe("HUP");
        await names.RunAsync();
        (await SignalsAsync()).ShouldBe("HUP");
    }

    [Fact]
    public async Task A_pending_signal_is_sent_after_a_restart()
    {
        var names = Names();
        await names.FailAsync();
        File.Exists(Note).ShouldBeTrue();

        await StartCounterAsync();
        await Names().RunAsync();

        (await SignalsAsync()).ShouldBe("HUP");
        File.Exists(Note).ShouldBeFalse();
    }

    [Fact]
    public async Task A_process_with_another_name_gets_no_signal()
    {
        await StartCounterAsync();
        var names = Names(c => c with { ProcessName = "dnsmasq" });

        (await names.FailAsync()).ShouldBe($"process {_counter!.Id} of {PidPath} is 'counter' and not 'dnsmasq'; the file is stale or process is wrong");

        (await SignalsAsync()).ShouldBe("");
    }

    [Fact]
    public async Task A_process_id_that_no_process_has_is_an_error()
    {
        // Above the most that the kernel gives out (proc_sys_kernel(5), pid_max).
        File.WriteAllText(PidPath, "4194304\n");

        (await Names().FailAsync()).ShouldBe($"process 4194304 of {PidPath} does not run; start it or remove the file");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("12 34")]
    [InlineData("0x10")]
    [InlineData("99999999999")]
    public async Task A_pid_file_without_a_number_is_an_error(string text)
    {
        File.WriteAllText(PidPath, text);

        (await Names().FailAsync()).ShouldBe($"{PidPath} holds no process's number");
    }

    [Fact]
    public async Task A_process_that_ends_after_it_was_looked_up_is_not_mistaken_for_a_later_one_with_its_id()
    {
        await StartCounterAsync();
        using var process = Interop.OpenProcess(_counter!.Id).ShouldNotBeNull();
        _counter.Kill();

        Should.Throw<IOException>(() => Interop.SendSignal(process, 1)).Message.ShouldContain("No such process");
    }

    [Fact]
    public async Task A_unit_gets_its_signal_from_systemctl_without_a_shell()
    {
        await StartCounterAsync();
        var afterWrite = new AfterWrite(new AfterWriteConfig { SystemdUnit = "a$(b)@1.service", Signal = "USR1" }, Systemctl());

        await afterWrite.SettleAsync([Output], Stage.Ct);
        Told().ShouldBeEmpty();

        AfterWrite.Owe(Output);
        await afterWrite.SettleAsync([Output], Stage.Ct);
        Told().ShouldBe(["kill --kill-who=main --signal=USR1 a$(b)@1.service"]);
        File.Exists(Note).ShouldBeFalse();
    }

    [Fact]
    public async Task A_unit_with_a_reload_command_is_reloaded()
    {
        await StartCounterAsync();
        AfterWrite.Owe(Output);

        await new AfterWrite(new AfterWriteConfig { SystemdUnit = "a.service" }, Systemctl("CanReload=yes")).SettleAsync([Output], Stage.Ct);

        Told().ShouldBe(["reload --job-mode=ignore-dependencies a.service"]);
    }

    [Theory]
    [InlineData("ActiveState=inactive")]
    [InlineData("ActiveState=failed")]
    [InlineData("InactiveExitTimestampMonotonic=9223372036854775807")]
    public async Task A_unit_that_does_not_run_or_has_started_since_gets_no_signal(string state)
    {
        AfterWrite.Owe(Output);
        AfterWrite.Changed(Output);

        await new AfterWrite(new AfterWriteConfig { SystemdUnit = "a.service" }, Systemctl(state)).SettleAsync([Output], Stage.Ct);

        Told().ShouldBeEmpty();
        File.Exists(Note).ShouldBeFalse();
    }

    [Fact]
    public async Task A_unit_gets_the_signal_if_the_time_of_the_file_is_unknown()
    {
        await StartCounterAsync();
        AfterWrite.Owe(Output);

        await new AfterWrite(new AfterWriteConfig { SystemdUnit = "a.service" }, Systemctl("InactiveExitTimestampMonotonic=9223372036854775807")).SettleAsync([Output], Stage.Ct);

        Told().ShouldBe(["kill --kill-who=main --signal=HUP a.service"]);
    }

    [Fact]
    public async Task A_process_that_the_signal_would_end_does_not_get_it_and_the_signal_stays_pending()
    {
        _counter = Tool.Start(Tool.Script(_folder.File("counter"), $"echo $$ > {PidPath}.new && mv {PidPath}.new {PidPath}; exec sleep 1000\n"));
        await Eventually.True(() => File.Exists(PidPath));
        AfterWrite.Owe(Output);

        var unit = await Should.ThrowAsync<IOException>(new AfterWrite(new AfterWriteConfig { SystemdUnit = "a.service" }, Systemctl()).SettleAsync([Output], Stage.Ct));
        var pidFile = await Should.ThrowAsync<IOException>(new AfterWrite(new AfterWriteConfig { PidFile = PidPath }).SettleAsync([Output], Stage.Ct));

        unit.Message.ShouldBe($"process {_counter.Id} of a.service would end if it got HUP; give 'signal' the one at which it reads its files");
        pidFile.Message.ShouldStartWith($"process {_counter.Id} of {PidPath} would end if it got signal 1: ");
        Told().ShouldBeEmpty();
        File.Exists(Note).ShouldBeTrue();
    }

    [Fact]
    public async Task An_error_of_systemctl_is_reported_and_the_signal_stays_pending()
    {
        var systemctl = Tool.Script(_folder.File("systemctl"), "echo 'Failed to connect to bus.' >&2; exit 5\n");
        AfterWrite.Owe(Output);

        var error = await Should.ThrowAsync<IOException>(new AfterWrite(new AfterWriteConfig { SystemdUnit = "a.service" }, systemctl).SettleAsync([Output], Stage.Ct));

        error.Message.ShouldStartWith("systemctl show ");
        error.Message.ShouldEndWith(" a.service failed with exit code 5: Failed to connect to bus.");
        File.Exists(Note).ShouldBeTrue();
    }

    [Fact]
    public async Task A_missing_unit_is_an_error()
    {
        AfterWrite.Owe(Output);

        var error = await Should.ThrowAsync<IOException>(
            new AfterWrite(new AfterWriteConfig { SystemdUnit = "a.service" }, Systemctl("LoadState=not-found")).SettleAsync([Output], Stage.Ct));

        error.Message.ShouldBe("there is no unit a.service; install it, or correct systemd_unit");
    }

    [Fact]
    public async Task A_systemctl_that_hangs_is_killed()
    {
        var systemctl = Tool.Script(_folder.File("systemctl"), $"echo $$ > {_folder.File("hanging")}.new; mv {_folder.File("hanging")}.new {_folder.File("hanging")}; exec sleep 1000\n");
        AfterWrite.Owe(Output);

        var settling = new AfterWrite(new AfterWriteConfig { SystemdUnit = "a.service" }, systemctl, TimeSpan.FromSeconds(2)).SettleAsync([Output], Stage.Ct);

        (await Should.ThrowAsync<IOException>(settling)).Message.ShouldEndWith(" a.service did not end within 2 s");
        File.Exists(Note).ShouldBeTrue();
        var hanging = int.Parse(File.ReadAllText(_folder.File("hanging")), CultureInfo.InvariantCulture);
        await Eventually.True(() => !File.Exists($"/proc/{hanging}/exe"));
    }

    [Fact]
    public async Task Without_systemctl_the_message_says_what_to_do()
    {
        AfterWrite.Owe(Output);

        var error = await Should.ThrowAsync<IOException>(new AfterWrite(new AfterWriteConfig { SystemdUnit = "a.service" }, "/nonexistent/systemctl").SettleAsync([Output], Stage.Ct));

        error.Message.ShouldStartWith("cannot run /nonexistent/systemctl: ");
        error.Message.ShouldEndWith("; use pidfile where there is no systemd");
    }

    private Projected Names(Func<AfterWriteConfig, AfterWriteConfig>? with = null, string? path = null) =>
        new("dnsmasq", path ?? Output, (with ?? (c => c))(new AfterWriteConfig { PidFile = PidPath, ProcessName = "counter" }));

    /// <summary>A systemctl that shows a unit whose main process is the counter, and writes down what else it is told.</summary>
    /// <param name="state">What is different of the unit.</param>
    private string Systemctl(string? state = null)
    {
        var shown = new Dictionary<string, string>
        {
            ["LoadState"] = "loaded",
            ["ActiveState"] = "active",
            ["MainPID"] = _counter?.Id.ToString(CultureInfo.InvariantCulture) ?? "0",
            ["CanReload"] = "no",
            ["InactiveExitTimestampMonotonic"] = "1",
        };
        if (state?.Split('=') is [var key, var value])
            shown[key] = value;

        return Tool.Script(_folder.File("systemctl"), $"""
            if [ "$1" = show ]; then
                printf '%s\n' {string.Join(' ', shown.Select(s => $"{s.Key}={s.Value}"))}
            else
                echo "$@" >> {_folder.File("told")}
            fi

            """);
    }

    private string[] Told() => Lines(_folder.File("told"));

    /// <summary>Starts a process that writes down the signals it gets.</summary>
    private async Task StartCounterAsync()
    {
        var counter = Tool.Script(_folder.File("counter"), $"""
            cd {_folder.Path}
            for s in HUP USR1 USR2; do trap "echo $s >> signals" $s; done
            sleep 1000 &
            echo $$ > daemon.pid.new && mv daemon.pid.new daemon.pid
            while :; do wait; done

            """);
        _counter = Tool.Start(counter);
        await Eventually.True(() => File.Exists(PidPath));
    }

    /// <summary>All signals so far. One more is sent to end with: of signals that wait, the kernel delivers lower numbers first.</summary>
    private async Task<string> SignalsAsync()
    {
        var signals = _folder.File("signals");
        var before = Lines(signals).Count(l => l == "USR1");
        PidFile.Signal(PidPath, "counter", 10);
        await Eventually.True(() => Lines(signals).Count(l => l == "USR1") > before);
        return string.Join(' ', Lines(signals).Where(l => l != "USR1"));
    }

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}
