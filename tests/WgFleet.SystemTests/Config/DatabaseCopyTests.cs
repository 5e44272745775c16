using System.Text.Json;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Config;

/// <summary>A server moves from SQLite to PostgreSQL and back, as docs/operations.md says.</summary>
public class DatabaseCopyTests
{
    private const string Program = """
        #!/bin/sh
        echo "$WGFLEET_EVENT_ID" >> /var/lib/wg-fleet/notes

        """;

    private const string Hook = """
        hooks:
          exec_dirs: []
          list:
            - name: note
              exec: {command: /var/lib/wg-fleet/note, user: root}

        """;

    // What does not change by itself.
    private static readonly string[] Kept = ["fleet", "public_key", "address", "hostname", "registered_at"];

    [Fact]
    public async Task A_server_that_moves_to_PostgreSQL_and_back_keeps_clients_tokens_and_event_numbers_and_its_hook_gets_each_event_once()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await gateway.Machine.RunAsync("sh", "-c", $"cat > /var/lib/wg-fleet/note <<'E'\n{Program}E\ncd /var/lib/wg-fleet; chmod 755 . note; touch notes");
        await gateway.Machine.RunAsync("sh", "-c", "umask 077; printf '%s\\n' Host=/run/postgresql-of-the-test Username=postgres Database=fleet > /etc/wireguard/database.secret");
        var postgres = await Postgres.StartAsync(gateway.Machine);
        await postgres.CreateDatabaseAsync("fleet");
        var server = await gateway.StartAsync(Gateway.Alpha + Hook);
        var client = await lan.AddClientAsync();
        await client.JoinAsync(gateway);
        (await client.PingAsync("kept")).Status.ShouldBe(200);
        await OperateAsync("tokens", "create", "--enroll", "lab");
        await OperateAsync("hooks", "pause", "note");
        await gateway.RegisterAsync();
        var (clients, tokens, hosts) = (await ClientsAsync(), await OperateAsync("tokens", "list", "--json"), gateway.HostsFile);

        var first = await MoveAsync("postgresql:/etc/wireguard/database.secret", "database: {postgresql: /etc/wireguard/database.secret}");

        await MovedAsync(first);
        await OperateAsync("hooks", "resume", "note");
        await HookGotAllAsync();
        await OperateAsync("hooks", "pause", "note");
        (clients, tokens, hosts) = (await ClientsAsync(), await OperateAsync("tokens", "list", "--json"), gateway.HostsFile);

        var second = await MoveAsync("/var/lib/wg-fleet/back.db", "database: /var/lib/wg-fleet/back.db");

        await MovedAsync(second);
        await OperateAsync("hooks", "resume", "note");
        await HookGotAllAsync();
        second.Count.ShouldBeGreaterThan(first.Count);

        // The event log before the move, which the moved one begins with.
        async Task<List<string>> MoveAsync(string to, string line)
        {
            var events = await EventsAsync();
            (await server.StopAsync()).ShouldBe(0);
            var copy = await gateway.RunAsync("database", "copy", "--to", to, "--config", gateway.ConfigFile);
            (copy.ExitCode, copy.Error).ShouldBe((0, ""));
            copy.Output.ShouldContain($"Its next event gets number {events.Count + 1}.\n");
            copy.Output.ShouldContain($"\n    {line}\n");
            server = await gateway.StartAsync(Gateway.Alpha + Hook + line + "\n");
            return events;
        }

        async Task MovedAsync(List<string> before)
        {
            (await ClientsAsync()).ShouldBe(clients);
            (await OperateAsync("tokens", "list", "--json")).ShouldBe(tokens);
            gateway.HostsFile.ShouldBe(hosts);
            (await client.ReachesGatewayAsync()).ShouldBeTrue();
            (await client.PingAsync()).Status.ShouldBe(200);

            await gateway.RegisterAsync();

            // The start is an event too.
            var after = await EventsAsync();
            after.Take(before.Count).ShouldBe(before);
            after.Skip(before.Count).Select(e => Value(e, "type")).ShouldBe(["startup", "client.added"]);
            after.Select(e => Value(e, "sequence")).ShouldBe(Enumerable.Range(1, after.Count).Select(n => $"{n:D20}"));
        }

        async Task HookGotAllAsync()
        {
            var events = await EventsAsync();

            // The hook does not ask for what operators do.
            var ids = events.Where(e => !Value(e, "type").StartsWith("operator.", StringComparison.Ordinal)).Select(e => Value(e, "id")).ToList();
            var notes = Path.Combine(gateway.Machine.Disk, "var-lib/wg-fleet/notes");
            await Deadline.UntilAsync("the hook has had all events", () => File.ReadAllLines(notes).Length >= ids.Count);
            await OperateAsync("hooks", "wait", "--seq", $"{events.Count}", "--hook", "note");
            File.ReadAllLines(notes).ShouldBe(ids);
        }

        async Task<string> OperateAsync(params string[] command)
        {
            var run = await gateway.RunAsync([.. command, "--config", gateway.ConfigFile]);
            run.ExitCode.ShouldBe(0, run.Error);
            return run.Output;
        }

        async Task<List<string>> EventsAsync() =>
            [.. (await OperateAsync("events", "list", "-n", "10000", "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries)];

        async Task<List<string>> ClientsAsync()
        {
            using var json = JsonDocument.Parse(await OperateAsync("clients", "list", "--json"));
            return [.. json.RootElement.GetProperty("clients").EnumerateArray()
                .Select(c => string.Join(' ', Kept
                    .Select(name => c.TryGetProperty(name, out var value) ? value.ToString() : "-"))).Order()];
        }

        static string Value(string e, string name)
        {
            using var json = JsonDocument.Parse(e);
            return json.RootElement.GetProperty(name).ToString();
        }
    }
}
