using System.ComponentModel;
using System.Diagnostics;

namespace WgFleet.Tunnels;

/// <summary>Runs wg-quick and waits for it; a delegate, so that tests can replace the operating system.</summary>
/// <exception cref="TunnelException">The program is missing, took too long, or failed; the message has its last words.</exception>
internal delegate Task ProgramRunner(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken);

/// <summary>A fleet's interface could not be brought up or changed.</summary>
internal sealed class TunnelException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The real runner.</summary>
internal static class ExternalProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(program, arguments, Limit, cancellationToken);

    public static async Task RunAsync(string program, IReadOnlyList<string> arguments, TimeSpan patience, CancellationToken cancellationToken)
    {
        // A session of its own: Ctrl-C in our terminal must not end the wireguard-go that wg-quick leaves behind.
        var start = new ProcessStartInfo("setsid", ["--wait", program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        var command = $"{program} {string.Join(' ', arguments)}";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var words = new List<string>();
            process.ErrorDataReceived += (_, line) => Keep(words, line.Data);
            process.OutputDataReceived += (_, line) => Keep(words, line.Data);
            process.BeginErrorReadLine();
            process.BeginOutputReadLine();
            try
            {
                // Not to the end of its output: the daemon it leaves behind may hold the pipe open for good.
                await WaitForExitOnlyAsync(process, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                throw new TunnelException($"{command} did not end within {patience.TotalSeconds:0.#} s");
            }

            if (process.ExitCode != 0)
            {
                await Task.WhenAny(process.WaitForExitAsync(cancellationToken), Task.Delay(TimeSpan.FromSeconds(1), cancellationToken));
                if (process.ExitCode is 126 or 127)
                    throw new TunnelException($"{program} was not found or cannot run, install wireguard-tools and iproute2: {LastWords(words)}");

                throw new TunnelException($"{command} failed with exit code {process.ExitCode}: {LastWords(words)}");
            }
        }
        catch (Win32Exception e)
        {
            throw new TunnelException($"setsid was not found: install util-linux ({e.Message})", e);
        }
    }

    private static async Task WaitForExitOnlyAsync(Process process, CancellationToken cancellationToken)
    {
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => exited.TrySetResult();
        if (!process.HasExited)
            await exited.Task.WaitAsync(cancellationToken);
    }

    private static void Keep(List<string> words, string? line)
    {
        // wg-quick echoes what it runs behind "[#]"; wireguard-go warns in a box of lines.
        if (string.IsNullOrWhiteSpace(line) || line.StartsWith("[#]", StringComparison.Ordinal) || line.StartsWith('│') || line.StartsWith('┌') || line.StartsWith('└'))
            return;

        lock (words)
            words.Add(line.Trim());
    }

    private static string LastWords(List<string> words)
    {
        lock (words)
            return words.Count == 0 ? "it said nothing" : string.Join(" / ", words.TakeLast(3));
    }
}
