using WgFleet.Config;
using WgFleet.Hooks.Projections;
using WgFleet.Queries.Troubles;

namespace WgFleet.Tests.Queries.Troubles;

public class HookTroublesTests
{
    [Fact]
    public async Task A_hook_that_gave_a_delivery_up_is_failing_and_has_a_dead_letter()
    {
        using var programs = new ExecFolder();
        await using var host = await AdminHost.StartAsync(AdminHost.Program(programs, 78));
        Troubles(host).ShouldBeEmpty();
        await host.Stage.CommitAsync(host.Stage.World.Add());
        await Eventually.True(() => Troubles(host).Count == 2);

        var troubles = Troubles(host);

        troubles.Select(t => (t.Kind, t.Hook)).ShouldBe([(TroubleKind.HookFailing, "tell"), (TroubleKind.DeadLetters, "tell")]);
        troubles[0].Sentence.ShouldStartWith("hook tell is failing: exit 78");
        troubles[0].Since.ShouldNotBeNull();
        troubles[1].Sentence.ShouldBe("hook tell has 1 dead letter");
        (await host.RunAsync(troubles[0].Command!.Split(' ')[1..])).Code.ShouldBe(0);
        (await host.RunAsync(troubles[1].Command!.Split(' ')[1..])).Code.ShouldBe(0);
    }

    [Fact]
    public async Task A_paused_hook_is_told_with_the_command_that_resumes_it()
    {
        using var programs = new ExecFolder();
        await using var host = await AdminHost.StartAsync(AdminHost.Program(programs, 0));
        (await host.RunAsync("hooks", "pause", "tell")).Code.ShouldBe(0);

        var trouble = Troubles(host).ShouldHaveSingleItem();

        (trouble.Kind, trouble.Severity, trouble.Sentence).ShouldBe((TroubleKind.HookPaused, Severity.Attention, "hook tell is paused: by root"));
        (await host.RunAsync(trouble.Command!.Split(' ')[1..])).Code.ShouldBe(0);
        Troubles(host).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hook_that_cannot_run_is_told_and_a_disabled_one_is_not()
    {
        var missing = new HookConfig { Name = "missing", Kind = new ExecConfig { Command = "/nonexistent/program" } };
        await using var host = await AdminHost.StartAsync(
            new HooksConfig { Folders = [], List = [missing, new HookConfig { Name = "hosts_file", Enabled = false }] }, typeof(HostsFile));

        var trouble = Troubles(host).ShouldHaveSingleItem();

        (trouble.Kind, trouble.Hook).ShouldBe((TroubleKind.HookInactive, "missing"));
        trouble.Why.ShouldNotBeNull();
    }

    private static IReadOnlyList<Trouble> Troubles(AdminHost host) => [.. HookTroubles.Of(host.Stage.Hooks)];
}
