using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>A process may open only so many files, and connections that do nothing must not take all of them.</summary>
public class DescriptorTests
{
    // As many from each of several addresses, since there is a limit per source too.
    private const string Idle = """
        import socket, sys, time
        held = []
        for i in range(600):
            s = socket.socket()
            s.bind((f'127.0.1.{i % 60 + 1}', 0))
            s.setblocking(False)
            try: s.connect(('127.0.0.1', 8000))
            except BlockingIOError: pass
            held.append(s)
        print('held', flush=True)
        sys.stdin.read()
        """;

    [Fact]
    public async Task Idle_connections_beyond_the_limit_of_open_files_leave_operators_hooks_and_the_database_theirs()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await File.WriteAllTextAsync(gateway.ConfigFile, Gateway.Alpha, TestContext.Current.CancellationToken);
        await using var server = gateway.Machine.Start("prlimit", "--nofile=400:400", Server.Executable, "--config", gateway.ConfigFile);
        await Deadline.UntilAsync("the server is ready", async () => (await gateway.Machine.TryRunAsync("curl", "-sf", "http://127.0.0.1:8000/readyz")).ExitCode == 0);

        await using (var idle = gateway.Machine.Start("python3", "-c", Idle))
        {
            await Deadline.UntilAsync("the connections are open", () => idle.Output.Contains("held", StringComparison.Ordinal) || idle.Exited.IsCompleted);
            idle.Error.ShouldBe("");
            for (var i = 0; i < 3; i++)
                (await gateway.RunAsync("fleets", "freeze", "alpha", "--config", gateway.ConfigFile)).ExitCode.ShouldBe(0, server.Output);

            server.Exited.IsCompleted.ShouldBeFalse(server.Output + server.Error);
        }

        await Deadline.UntilAsync("machines can register again", async () => (await gateway.Machine.TryRunAsync(
            "curl", "-sf", "-X", "POST", "http://127.0.0.1:8000/fleet/alpha/register")).ExitCode == 0);
        server.Exited.IsCompleted.ShouldBeFalse(server.Output + server.Error);
    }
}
