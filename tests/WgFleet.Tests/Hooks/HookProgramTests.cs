using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Programs;
using WgFleet.Hooks.Projections.Streaming;
using WgFleet.Tests.Hooks.Programs;

namespace WgFleet.Tests.Hooks;

/// <summary>Classes in C# that are programs of their own: what HookProgram reads, calls and answers.</summary>
public sealed class HookProgramTests
{
    [Fact]
    public async Task A_handler_is_called_for_each_event_and_what_it_throws_is_the_answer()
    {
        var world = new World();
        var hook = new Noted();
        var events = new[] { world.Startup(), world.Add().Events[0], world.Rename("a1").Events[0], world.Remove().Events[0] with { Replayed = true } };

        var answers = await RunAsync(hook, [Hello("events"), .. events.Select(e => Encoding.UTF8.GetString(EventEnvelope.Write(e, "example.test")))]);

        answers.ShouldBe(
        [
            "{\"id\":\"hello\",\"ok\":true}",
            $"{{\"id\":\"{events[0].Id}\",\"ok\":true}}",
            $"{{\"id\":\"{events[1].Id}\",\"ok\":true}}",
            $"{{\"id\":\"{events[2].Id}\",\"ok\":true}}",
            $"{{\"id\":\"{events[3].Id}\",\"ok\":false,\"error\":\"not gone\"}}",
        ]);
        hook.Events.ShouldBe([events[1], events[2], events[3]]);
        hook.Contexts.ShouldAllBe(c => c.HookName == "noted" && c.Settings["path"] == "/x" && c.Client != null);
        Should.Throw<InvalidOperationException>(() => hook.Contexts[0].State.Clients.Any()).Message.ShouldContain("IProjection");
    }

    [Fact]
    public async Task An_event_of_a_later_version_is_answered_and_not_handed_on()
    {
        var hook = new Noted();

        (await RunAsync(hook, [Hello("events"), """{"type":"client.beamed","id":"evt_9","data":{}}"""])).ShouldBe(["{\"id\":\"hello\",\"ok\":true}", "{\"id\":\"evt_9\",\"ok\":true}"]);

        hook.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_projection_gets_the_same_state_from_changes_as_from_whole_ones()
    {
        var world = new World();
        world.AddQuietly("alpha", "a1");
        world.AddQuietly("beta", null);
        var states = new List<FleetState> { world.Snapshot.ToState() };
        foreach (var change in new Func<WgFleet.Fleets.State.Change>[] { () => world.Add("alpha"), () => world.Rename("b2", 2), () => world.Remove(1), () => world.Add("beta"), () => world.Rename("a3", 3) })
            states.Add(change().After.ToState());

        var lines = new List<string> { Hello("state") };
        Dictionary<(string, System.Net.IPAddress), Client>? before = null;
        foreach (var (i, state) in states.Index())
        {
            var clients = state.Clients.ToList();
            lines.Add(Encoding.UTF8.GetString((before is null ? StateLines.Whole($"s{i}", state, clients) : StateLines.Changes($"s{i}", $"s{i - 1}", state, clients, before)).Span));
            before = clients.ToDictionary(c => (c.Fleet, c.Address));
        }

        var hook = new Seen();
        (await RunAsync(hook, lines)).Count.ShouldBe(states.Count + 1);

        hook.States.Count.ShouldBe(states.Count);
        foreach (var (seen, sent) in hook.States.Zip(states))
        {
            seen.Clients.ShouldBe(sent.Clients);
            (seen.Sequence, seen.Domain).ShouldBe((sent.Sequence, sent.Domain));
            seen.Fleets.ShouldBe(sent.Fleets);
        }
    }

    [Theory]
    [InlineData("state", "this hook handles events; remove 'state' next to its command")]
    [InlineData("events", null)]
    public async Task A_hook_that_gets_the_wrong_lines_says_so_to_the_hello(string sends, string? error) =>
        (await RunAsync(new Noted(), [Hello(sends)])).ShouldBe([error is null ? "{\"id\":\"hello\",\"ok\":true}" : $"{{\"id\":\"hello\",\"ok\":false,\"error\":\"{error.Replace("'", "\\u0027")}\"}}"]);

    [Fact]
    public async Task An_object_that_is_no_hook_is_refused() =>
        (await Should.ThrowAsync<ArgumentException>(HookProgram.RunAsync(new object(), System.IO.Stream.Null, System.IO.Stream.Null))).Message.ShouldStartWith("Object implements neither");

    [Fact]
    public async Task The_class_of_the_page_is_one_file_that_is_compiled_with_the_package_and_runs()
    {
        using var package = new HooksPackage();
        await using var stage = new StreamStage();
        var page = File.ReadAllText(Path.Combine(DocsTests.Root(), "docs/stream.md"));
        var file = stage.Folder.Write("announce.cs", Regex.Match(page, @"^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value);
        var config = stage.Folder.Write("nuget.config", File.ReadAllText(Path.Combine(DocsTests.Root(), "src/WgFleet/Cli/HookCommands/NewHook/nuget.config")), "0644");
        package.Use(config, file);
        using (var build = Process.Start(new ProcessStartInfo("dotnet", ["build", file, "-o", stage.Folder.File("out"), "--nologo", "-v", "quiet", "-p:PublishAot=false"]) { RedirectStandardOutput = true })!)
        {
            var said = await build.StandardOutput.ReadToEndAsync(Stage.Ct);
            await build.WaitForExitAsync(Stage.Ct);
            build.ExitCode.ShouldBe(0, said);
        }

        var delivery = stage.Deliver(new StreamConfig { Command = stage.Folder.File("out/announce"), User = Environment.UserName });
        var world = new World();
        foreach (var (e, said) in new (FleetEvent, string)[] { (world.Startup(), ""), (world.Add().Events[0], "fd00:1::1 has joined\n"), (world.Rename("a1").Events[0], "") })
        {
            var outcome = await StreamStage.GiveAsync(delivery, e);
            (outcome.Verdict, outcome.Response).ShouldBe((DeliveryVerdict.Delivered, said), outcome.Error);
        }
    }

    private static string Hello(string sends) => Encoding.UTF8.GetString(StreamLines.WriteHello("noted", sends, 1, new Dictionary<string, string> { ["path"] = "/x" }).Span);

    private static async Task<List<string>> RunAsync(object hook, IReadOnlyList<string> lines)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n"))));
        using var output = new MemoryStream();
        await HookProgram.RunAsync(hook, input, output);
        return [.. Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private sealed class Noted : IHook<ClientAdded>, IHook<ClientHostnameChanged>, IHook<ClientRemoved>
    {
        public List<FleetEvent> Events { get; } = [];

        public List<HookContext> Contexts { get; } = [];

        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken)
        {
            Note(fleetEvent, context);
            return ValueTask.CompletedTask;
        }

        public ValueTask HandleAsync(ClientHostnameChanged fleetEvent, HookContext context, CancellationToken cancellationToken)
        {
            Note(fleetEvent, context);
            return ValueTask.CompletedTask;
        }

        public ValueTask HandleAsync(ClientRemoved fleetEvent, HookContext context, CancellationToken cancellationToken)
        {
            Note(fleetEvent, context);
            throw new InvalidOperationException("not gone");
        }

        private void Note(FleetEvent fleetEvent, HookContext context)
        {
            Events.Add(fleetEvent);
            Contexts.Add(context);
            if (context.Logger.IsEnabled(LogLevel.Information))
                context.Logger.LogInformation("{Type}", context.EventType);
        }
    }

    private sealed class Seen : IProjection
    {
        public List<FleetState> States { get; } = [];

        public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
        {
            States.Add(state);
            return ValueTask.CompletedTask;
        }
    }
}
