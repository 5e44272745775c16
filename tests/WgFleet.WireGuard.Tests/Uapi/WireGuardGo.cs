using System.Diagnostics;

namespace WgFleet.WireGuard.Tests.Uapi;

/// <summary>
/// A real wireguard-go with one interface in a network namespace of its own. All namespaces share /var/run/wireguard, so the
/// interface has a random name.
/// </summary>
internal sealed class WireGuardGo : IAsyncDisposable
{
    private readonly List<(string Part, TaskCompletionSource Seen)> _awaited = [];
    private readonly List<string> _log = [];
    private Process? _process;

    private WireGuardGo()
    {
    }

    public string Interface { get; } = $"wgt{Random.Shared.Next():x8}";

    /// <summary>Starts wireguard-go in a new namespace, or in that of another one.</summary>
    public static async Task<WireGuardGo> StartAsync(WireGuardGo? beside = null)
    {
        var wireGuard = new WireGuardGo();
        try
        {
            await wireGuard.StartAsync(beside is null ? ["unshare", "--net"] : beside.Enter);
            return wireGuard;
        }
        catch
        {
            await wireGuard.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again after <see cref="KillAsync"/>, with the same name and without key and peers.</summary>
    public Task StartAgainAsync() => StartAsync(["unshare", "--net"]);

    /// <summary>Kills it, as a crash would: its socket stays behind, and no program listens.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Waits until its log has a line that contains this text.</summary>
    public Task LoggedAsync(string part)
    {
        lock (_log)
        {
            if (_log.Any(line => line.Contains(part)))
                return Task.CompletedTask;

            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((part, seen));
            return seen.Task;
        }
    }

    /// <summary>Runs a program in its namespace.</summary>
    public Task<string> RunAsync(string program, IEnumerable<string> arguments, string input = "") =>
        Command.RunAsync(Enter[0], [.. Enter[1..], program, .. arguments], input);

    /// <summary>The peers in <c>wg show dump</c>, by public key: public key, preshared key, endpoint, allowed-ips and so on.</summary>
    public async Task<Dictionary<string, string[]>> DumpAsync()
    {
        var lines = (await RunAsync("wg", ["show", Interface, "dump"])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Skip(1).Select(line => line.Split('\t')).ToDictionary(peer => peer[0]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await KillAsync();

        File.Delete($"/var/run/wireguard/{Interface}.sock");
    }

    private string[] Enter => ["nsenter", $"--net=/proc/{_process!.Id}/ns/net"];

    private async Task StartAsync(string[] inNamespace)
    {
        lock (_log)
            _log.Clear();

        var ready = LoggedAsync("UAPI listener started");
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(inNamespace[0], [.. inNamespace[1..], "wireguard-go", "-f", Interface])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["LOG_LEVEL"] = "verbose" },
            },
        };
        _process.OutputDataReceived += (_, line) => Logged(line.Data);
        _process.ErrorDataReceived += (_, line) => Logged(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        var exited = _process.WaitForExitAsync();
        if (await Task.WhenAny(ready, exited) == exited)
        {
            lock (_log)
                throw new InvalidOperationException($"wireguard-go did not start (the tests need root and /dev/net/tun): {string.Join(" / ", _log)}");
        }
    }

    private void Logged(string? line)
    {
        if (line is null)
            return;

        lock (_log)
        {
            _log.Add(line);
            foreach (var (part, seen) in _awaited)
            {
                if (line.Contains(part))
                    seen.TrySetResult();
            }
        }
    }
}
