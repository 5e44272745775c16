using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using WgFleet.Hooks.Discovery;
using WgFleet.Hooks.Generator;

namespace WgFleet.Tests.Hooks.Generator;

/// <summary>What is found and reported of [Hook] classes when the server is built.</summary>
public class HookGeneratorTests
{
    // What the server has, and the generated table uses.
    private const string Server = """
        using System;
        using System.Collections.Generic;

        namespace WgFleet.Hooks
        {
            public enum HookKind { Handler, Projection }
            public delegate System.Threading.Tasks.ValueTask HandlerCall(object hook, FleetEvent fleetEvent, HookContext context, System.Threading.CancellationToken cancellationToken);
        }

        namespace WgFleet.Hooks.Discovery
        {
            public record HookClass(string Name, HookAttribute Attribute, HookKind Kind, Func<IServiceProvider, object> Create, IReadOnlyDictionary<Type, HandlerCall> Calls);
        }
        """;

    private const string Usings = """
        using System;
        using System.Threading;
        using System.Threading.Tasks;
        using WgFleet.Hooks;

        """;

    private const string Handle = "public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => default;";
    private const string Project = "public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken) => default;";

    [Fact]
    public void The_table_has_the_servers_own_hooks_as_reflection_reads_them()
    {
        var reflected = ReflectedHooks.Among(typeof(HookTable).Assembly.GetTypes()).OrderBy(h => h.Name, StringComparer.Ordinal).ToList();

        reflected.Count.ShouldBeGreaterThan(1);
        HookTable.All.Select(Shown).ShouldBe(reflected.Select(Shown));

        static object Shown(HookClass hook) => (
            hook.Name, hook.Kind, hook.Attribute.Name, hook.Attribute.Order, hook.Attribute.TimeoutSeconds, hook.Attribute.MaxAttempts, hook.Attribute.MinIntervalSeconds,
            hook.Attribute.NamedOnly, hook.Attribute.Await, string.Join(' ', hook.Calls.Keys));
    }

    [Fact]
    public void A_handler_is_in_the_table_with_a_call_for_each_type_and_what_its_constructor_asks_for()
    {
        var (table, findings) = Generated($$"""
            namespace Mine;

            [Hook("tell-all", Order = -3, TimeoutSeconds = 0.5, MaxAttempts = 1)]
            internal sealed class Tell(TimeProvider time) : IHook<ClientAdded>, IHook<FleetEvent>
            {
                public DateTimeOffset Now => time.GetUtcNow();
                {{Handle}}
                public ValueTask HandleAsync(FleetEvent fleetEvent, HookContext context, CancellationToken cancellationToken) => default;
            }
            """);

        findings.ShouldBeEmpty();
        table.ShouldContain("""new HookClass("Mine.Tell", new global::WgFleet.Hooks.HookAttribute("tell-all") { Order = -3, TimeoutSeconds = 0.5D, MaxAttempts = 1 }, global::WgFleet.Hooks.HookKind.Handler""");
        table.ShouldContain("new global::Mine.Tell(global::Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<global::System.TimeProvider>(services))");
        table.ShouldContain("[typeof(global::WgFleet.Hooks.ClientAdded)] = ");
        table.ShouldContain("[typeof(global::WgFleet.Hooks.FleetEvent)] = ");
    }

    [Fact]
    public void A_hook_with_an_error_is_left_out_of_the_table_and_the_others_stay()
    {
        var (table, findings) = Generated($$"""
            [Hook("good")] class Good : IProjection { {{Project}} }
            [Hook("Not Good")] class Bad : IProjection { {{Project}} }
            """);

        findings.ShouldBe(["WGF002: 'Not Good' is not a hook name; use a-z, 0-9, _ and -"]);
        table.ShouldContain("\"Good\"");
        table.ShouldNotContain("\"Bad\"");
    }

    [Theory]
    [InlineData("[Hook(\"a\")] class A : IProjection { PROJECT } [Hook(\"a\")] class B : IProjection { PROJECT }",
        "WGF001: Hook name 'a' is used by A and B; rename one|WGF001: Hook name 'a' is used by A and B; rename one")]
    [InlineData("[Hook(\"\")] class A : IProjection { PROJECT }", "WGF002: '' is not a hook name; use a-z, 0-9, _ and -")]
    [InlineData("[Hook(\"name\\n\")] class A : IProjection { PROJECT }", "WGF002: 'name\n' is not a hook name; use a-z, 0-9, _ and -")]
    [InlineData("[Hook(\"a\")] class A;", "WGF003: A is never called: it implements neither IHook<TEvent> nor IProjection")]
    [InlineData("[Hook(\"a\")] class A : IHook<ClientAdded>, IProjection { HANDLE PROJECT }",
        "WGF003: A is never called: it implements both IHook<TEvent> and IProjection; make it two classes")]
    [InlineData("[Hook(\"a\")] abstract class A : IProjection { PROJECT }", "WGF003: A is never called: it is abstract, static or generic")]
    [InlineData("[Hook(\"a\")] class A<T> : IProjection { PROJECT }", "WGF003: A<T> is never called: it is abstract, static or generic")]
    [InlineData("class Outer { [Hook(\"a\")] private class A : IProjection { PROJECT } }", "WGF003: Outer.A is never called: it is private; make it internal")]
    [InlineData("[Hook(\"a\")] class A : IProjection { A() { } PROJECT }", "WGF003: A is never called: it has more than one constructor, or none that the server can call")]
    [InlineData("[Hook(\"a\")] class A : IProjection { public A() { } public A(int i) { } PROJECT }",
        "WGF003: A is never called: it has more than one constructor, or none that the server can call")]
    [InlineData("[Hook(\"a\")] class A : IHook<ClientAdded> { HANDLE public ValueTask HandleAsync(ClientRemoved e, HookContext c, CancellationToken t) => default; }",
        "WGF003: A.HandleAsync(WgFleet.Hooks.ClientRemoved, WgFleet.Hooks.HookContext, System.Threading.CancellationToken) is never called: it implements no method of IHook<TEvent> or IProjection")]
    [InlineData("record Mine(string Type) : FleetEvent { public override string Type { get; } = Type; public override Client? Client => null; } " +
        "[Hook(\"a\")] class A : IHook<Mine> { public ValueTask HandleAsync(Mine e, HookContext c, CancellationToken t) => default; }",
        "WGF003: IHook<Mine> is never called: the server sends no Mine; use FleetEvent or a type that derives from it in WgFleet.Hooks")]
    [InlineData("[Hook(\"a\", Await = true)] class A : IHook<ClientAdded> { HANDLE }", "WGF005: A: Await is for projections; no response waits for a handler")]
    [InlineData("[Hook(\"a\", NamedOnly = true)] class A : IHook<ClientAdded> { HANDLE }", "WGF005: A: NamedOnly is for projections; a handler gets every event")]
    [InlineData("[Hook(\"a\", TimeoutSeconds = 0)] class A : IHook<ClientAdded> { HANDLE }", "WGF005: A: its timeout is not between 0 and a day")]
    [InlineData("[Hook(\"a\", TimeoutSeconds = double.PositiveInfinity)] class A : IHook<ClientAdded> { HANDLE }", "WGF005: A: its timeout is not between 0 and a day")]
    [InlineData("[Hook(\"a\", MinIntervalSeconds = -1)] class A : IProjection { PROJECT }", "WGF005: A: its least interval is not between 0 and a day")]
    [InlineData("[Hook(\"a\", MaxAttempts = 0)] class A : IHook<ClientAdded> { HANDLE }", "WGF005: A: its MaxAttempts is less than 1")]
    public void A_hook_that_could_not_work_is_reported(string source, string findings) =>
        Generated(source.Replace("HANDLE", Handle).Replace("PROJECT", Project)).Findings.ShouldBe(findings.Split('|'));

    [Theory]
    [InlineData("Task.Delay(1).Wait();", "Task.Delay(1).Wait()")]
    [InlineData("Task.WaitAll(Task.Delay(1));", "Task.WaitAll(Task.Delay(1))")]
    [InlineData("_ = Task.FromResult(1).Result;", "Task.FromResult(1).Result")]
    [InlineData("_ = new ValueTask<int>(1).Result;", "new ValueTask<int>(1).Result")]
    [InlineData("Task.Delay(1).GetAwaiter().GetResult();", "Task.Delay(1).GetAwaiter().GetResult()")]
    [InlineData("Task.Delay(1).ConfigureAwait(false).GetAwaiter().GetResult();", "Task.Delay(1).ConfigureAwait(false).GetAwaiter().GetResult()")]
    [InlineData("Thread.Sleep(1);", "Thread.Sleep(1)")]
    [InlineData("Action later = () => Thread.Sleep(1);", "Thread.Sleep(1)")]
    public void A_hook_that_blocks_its_thread_is_reported_where_it_does(string statement, string blocks) =>
        Generated($$"""[Hook("a")] class A : IHook<ClientAdded> { {{Handle}} void Work() { {{statement}} } }""").Findings.ShouldBe([$"WGF004: {blocks} blocks the thread; await instead"]);

    [Theory]
    [InlineData("new Waiter().Wait(); _ = new Waiter().Result; new Waiter().Sleep();")]
    [InlineData("using var gate = new SemaphoreSlim(1); gate.WaitAsync();")]
    public void What_only_has_such_a_name_is_not_reported(string statements) => Generated($$"""
        class Waiter { public int Result => 1; public void Wait() { } public void Sleep() { } }
        [Hook("a")] class A : IHook<ClientAdded> { {{Handle}} void Work() { {{statements}} } }
        """).Findings.ShouldBeEmpty();

    /// <summary>Compiles this source with the generator; the table that it wrote, and what it reported, in the order of the source.</summary>
    private static (string Table, IReadOnlyList<string> Findings) Generated(string source)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':')
            .Where(path => Path.GetFileName(path) != "wg-fleet.dll").Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "hooks", [CSharpSyntaxTree.ParseText(Server), CSharpSyntaxTree.ParseText(Usings + source)], references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

        CSharpGeneratorDriver.Create(new HookGenerator()).RunGeneratorsAndUpdateCompilation(compilation, out var output, out var reported);

        output.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()).ShouldBeEmpty();
        return (output.SyntaxTrees.Last().ToString(), [.. Ordered(reported).Select(d => $"{d.Id}: {d.GetMessage()}")]);
    }

    private static IEnumerable<Diagnostic> Ordered(ImmutableArray<Diagnostic> found) => found.OrderBy(d => d.Location.SourceSpan.Start);
}
