using System.Globalization;
using WgFleet.Config;
using WgFleet.Hooks.Projections.Templates;
using WgFleet.Linux;

namespace WgFleet.Tests.Hooks.Projections.Templates;

public sealed partial class AfterWriteTests : IDisposable
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

        (await names.FailAsync()).ShouldBe($"process {_counter!.Id} of {PidPath} is 'counter' and not 'dnsmasq'; remove the file if it is old, or correct 'process'");

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

        (await Names().FailAsync()).ShouldBe($"{PidPath} does not contain a process id");
    }

    [Fact]
    public async Task A_process_that_ends_after_it_was_looked_up_is_not_mistaken_for_a_later_one_with_its_id()
    {
        await StartCounterAsync();
        using var process = Interop.OpenProcess(_counter!.Id).ShouldNotBeNull();
        _counter.Kill();

        Should.Throw<IOException>(() => Interop.SendSignal(process, 1)).Message.ShouldContain("No such process");
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
