using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Events;

/// <summary>How hooks' programs are started, waited for and ended, whoever started the server and however it ends.</summary>
public class ProgramLifeTests
{
    // The program of a startup leaves a process behind and ends; that of a new client waits for a process of its own.
    private const string Prepare = """
        set -e
        chmod 755 /var/lib/wg-fleet
        cat > /var/lib/wg-fleet/note <<'E'
        #!/bin/sh
        echo "$WGFLEET_EVENT_ID" >> /var/lib/wg-fleet/notes
        E
        cat > /var/lib/wg-fleet/wait <<'E'
        #!/bin/sh
        sleep 600 >/dev/null 2>&1 &
        if [ "$WGFLEET_TYPE" = startup ]; then echo "$!" >> /var/lib/wg-fleet/left; exit 0; fi
        echo "$$ $!" >> /var/lib/wg-fleet/running
        wait
        E
        chmod 755 /var/lib/wg-fleet/note /var/lib/wg-fleet/wait
        touch /var/lib/wg-fleet/notes /var/lib/wg-fleet/left /var/lib/wg-fleet/running
        """;

    private const string NoteConfig = Gateway.Alpha + """
        hooks:
          exec_dirs: []
          list:
            - name: note
              exec: {command: /var/lib/wg-fleet/note, user: root}

        """;

    private const string WaitConfig = Gateway.Alpha + """
        hooks:
          exec_dirs: []
          list:
            - name: wait
              exec: {command: /var/lib/wg-fleet/wait, user: nobody, timeout: 10m}

        """;

    [Theory]
    [InlineData("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")]
    [InlineData("env", "--ignore-signal=CHLD")]
    [InlineData("unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "env", "--ignore-signal=CHLD")]
    public async Task Programs_are_waited_for_by_a_server_that_is_process_1_or_whose_parent_ignores_SIGCHLD(params string[] starter)
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await gateway.Machine.RunAsync("sh", "-c", Prepare);
        await File.WriteAllTextAsync(gateway.ConfigFile, NoteConfig, TestContext.Current.CancellationToken);

        await using var server = gateway.Machine.Start([.. starter, Server.Executable, "--config", gateway.ConfigFile]);
        await Deadline.UntilAsync("the server is ready", async () =>
        {
            server.Exited.IsCompleted.ShouldBeFalse(server.Output + server.Error);
            return (await gateway.Machine.TryRunAsync("curl", "-sf", "http://127.0.0.1:8000/readyz")).ExitCode == 0;
        });
        for (var i = 0; i < 3; i++)
            await gateway.RegisterAsync();

        await Deadline.UntilAsync("all events are delivered", async () => await gateway.SqlAsync(
            "SELECT count(*) FROM deliveries WHERE state = 'done' AND attempt = 1 AND code = 'exit 0'") == "4");
        Lines(gateway, "notes").Length.ShouldBe(4);
    }

    [Fact]
    public async Task Kill_9_ends_the_programs_that_run_and_the_next_start_ends_their_processes_and_no_others()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await gateway.Machine.RunAsync("sh", "-c", Prepare + "\nchmod 666 /var/lib/wg-fleet/left /var/lib/wg-fleet/running");
        var server = await gateway.StartAsync(WaitConfig);
        await gateway.RegisterAsync();
        await Deadline.UntilAsync("the program runs", () => Lines(gateway, "running").Length == 1);
        var (program, child) = Lines(gateway, "running")[0].Split(' ') is [var first, var second] ? (first, second) : default;
        (await RunsAsync(gateway, program)).ShouldBeTrue();

        await server.KillAsync();
        await Deadline.UntilAsync("the program has ended with the server", async () => !await RunsAsync(gateway, program));

        await gateway.StartAsync(WaitConfig);
        await Deadline.UntilAsync("the program runs again", () => Lines(gateway, "running").Length == 2);
        (await RunsAsync(gateway, child)).ShouldBeFalse();
        (await RunsAsync(gateway, Lines(gateway, "left")[0])).ShouldBeTrue("the process was left behind by a program that had ended");
        (await gateway.Machine.RunAsync("sh", "-c", "ls /var/lib/wg-fleet/clients.db.programs | wc -l")).Trim().ShouldBe("1");
    }

    private static string[] Lines(Gateway gateway, string file) => File.ReadAllLines(Path.Combine(gateway.Machine.Disk, "var-lib/wg-fleet", file));

    /// <summary>Whether a process of the gateway runs; one that has ended, and that nobody has waited for, does not.</summary>
    private static async Task<bool> RunsAsync(Gateway gateway, string id) =>
        (await gateway.Machine.TryRunAsync("grep", "-qE", "^State:\\s+[^Z]", $"/proc/{id}/status")).ExitCode == 0;
}
