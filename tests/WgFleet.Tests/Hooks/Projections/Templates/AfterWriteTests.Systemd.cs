using System.Globalization;
using WgFleet.Config;
using WgFleet.Hooks.Projections.Templates;
using WgFleet.Linux;

namespace WgFleet.Tests.Hooks.Projections.Templates;

/// <content>Signals by systemd.</content>
public sealed partial class AfterWriteTests
{
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
}
