using System.Diagnostics;
using WgFleet.Tunnels;

namespace WgFleet.Tests.Tunnels;

public class ExternalProgramTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_that_ends_well_is_waited_for()
    {
        using var folder = new Folder();

        await ExternalProgram.RunAsync("sh", ["-c", "sleep 0.2; echo done > \"$1\"; echo words", "sh", folder.File("it is")], Ct);

        File.ReadAllText(folder.File("it is")).ShouldBe("done\n");
    }

    [Fact]
    public async Task A_missing_program_is_named_with_what_to_install()
    {
        var refused = await ExternalProgram.RunAsync("wg-no-such-program", ["up"], Ct).ShouldThrowAsync<TunnelException>();

        refused.Message.ShouldBe("wg-no-such-program cannot run, install wireguard-tools and iproute2: wg-no-such-program: No such file or directory");
    }

    [Fact]
    public async Task A_failing_programs_last_words_are_told_without_its_echoes()
    {
        var refused = await ExternalProgram.RunAsync("sh", ["-c", "echo '[#] ip link add' >&2; echo one; echo '┌──┐' >&2; echo '│ no │' >&2; echo '' >&2; echo ' RTNETLINK answers: File exists ' >&2; exit 3"], Ct)
            .ShouldThrowAsync<TunnelException>();

        refused.Message.ShouldStartWith("sh -c echo");
        refused.Message.ShouldEndWith(" failed with exit code 3: one / RTNETLINK answers: File exists");
    }

    [Fact]
    public async Task A_program_that_fails_in_silence_is_told_so() =>
        (await ExternalProgram.RunAsync("false", [], Ct).ShouldThrowAsync<TunnelException>()).Message.ShouldBe("false  failed with exit code 1: it said nothing");

    [Fact]
    public async Task A_program_that_hangs_is_ended_with_its_children()
    {
        using var folder = new Folder();

        using (var mkfifo = Process.Start("mkfifo", folder.File("fifo")))
            await mkfifo.WaitForExitAsync(Ct);

        // Open for as long as one of them lives.
        var family = Task.Run(() => File.ReadAllText(folder.File("fifo")));

        var refused = await ExternalProgram.RunAsync("sh", ["-c", "exec 3> \"$1\"; sleep 600 & wait", "sh", folder.File("fifo")], TimeSpan.FromSeconds(1), Ct)
            .ShouldThrowAsync<TunnelException>();

        refused.Message.ShouldEndWith(" did not end within 1 s");
        (await family.WaitAsync(TimeSpan.FromMinutes(3), Ct)).ShouldBe("");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task A_daemon_that_is_left_behind_with_the_pipes_open_holds_nobody_up(int exitCode)
    {
        using var folder = new Folder();
        try
        {
            var run = ExternalProgram.RunAsync("sh", ["-c", $"sleep 600 & echo $! > \"$1\"; exit {exitCode}", "sh", folder.File("pid")], Ct);

            if (exitCode == 0)
                await run;
            else
                (await run.ShouldThrowAsync<TunnelException>()).Message.ShouldEndWith(" failed with exit code 4: it said nothing");
        }
        finally
        {
            // Alive still, or there would be nothing shown.
            using var daemon = Process.GetProcessById(int.Parse(File.ReadAllText(folder.File("pid")), System.Globalization.CultureInfo.InvariantCulture));
            daemon.Kill();
        }
    }

    [Fact]
    public async Task What_is_run_has_a_session_of_its_own()
    {
        using var folder = new Folder();

        await ExternalProgram.RunAsync("sh", ["-c", "ps -o sid= -p $$ > \"$1\"; echo $$ >> \"$1\"", "sh", folder.File("out")], Ct);

        var lines = File.ReadAllLines(folder.File("out")).Select(l => l.Trim()).ToList();
        lines[0].ShouldBe(lines[1]);
    }
}
