using System.Diagnostics;
using WgFleet.Linux;

namespace WgFleet.Tests.Linux;

/// <summary>Whether a process would survive SIGHUP, told from /proc.</summary>
public class SignalMaskTests
{
    private const int HangUp = 1;

    [Theory]
    [InlineData("import signal, sys; signal.signal(signal.SIGHUP, lambda *_: None); print('ready', flush=True); sys.stdin.read()", true)]
    [InlineData("import signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); print('ready', flush=True); sys.stdin.read()", true)]
    [InlineData("import signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP]); print('ready', flush=True); sys.stdin.read()", true)]
    [InlineData("import signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP]); print('ready', flush=True); signal.sigwait([signal.SIGHUP, signal.SIGTERM])", true)]
    [InlineData("import sys; print('ready', flush=True); sys.stdin.read()", false)]
    public async Task A_process_survives_a_signal_that_it_catches_ignores_blocks_or_waits_for(string program, bool survives)
    {
        // SIGHUP as a program started by systemd finds it, whatever runs these tests.
        using var process = Process.Start(new ProcessStartInfo("env", ["--default-signal=HUP", "python3", "-c", program]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        try
        {
            (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("ready");

            // It says so just before it begins to wait.
            if (survives)
                await Eventually.True(() => SignalMask.Survives(process.Id, HangUp));
            else
                SignalMask.Survives(process.Id, HangUp).ShouldBeFalse();
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public void A_missing_process_does_not_survive_a_signal() => SignalMask.Survives(int.MaxValue, HangUp).ShouldBeFalse();
}
