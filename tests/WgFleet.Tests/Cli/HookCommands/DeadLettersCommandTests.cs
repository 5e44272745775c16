using WgFleet.Store;

namespace WgFleet.Tests.Cli.HookCommands;

public class DeadLettersCommandTests
{
    [Fact]
    public async Task Dead_letters_are_listed_shown_retried_and_dropped()
    {
        using var programs = new ExecFolder();
        await using var host = await AdminHost.StartAsync(AdminHost.Program(programs, 78));
        var worker = host.Stage.Worker("tell");
        var first = host.Stage.World.Add().Events[0].Sequence;
        await host.Stage.CommitAsync(host.Stage.World.Add());
        await host.Stage.CommitAsync(host.Stage.World.Add());
        await Eventually.True(() => worker is { DeadLetters: 2, Waiting: 0 });

        (await host.RunAsync("hooks", "deadletters", "list")).Output.Split('\n').Length.ShouldBe(4);
        var shown = await host.RunAsync("hooks", "deadletters", "show", "tell", $"{first + 1}");
        shown.Output.ShouldMatch("(?s)client.added +dead +1 +exit 78.*said client.added");

        programs.Write("code", "0\n", "0644");
        (await host.RunAsync("hooks", "deadletters", "retry", "tell", $"{first + 1}")).ShouldBe((0, "1 dead letter tried again\n", ""));
        await Eventually.True(() => host.Stage.Store.Count("tell", DeliveryState.Done) == 1);
        worker.DeadLetters.ShouldBe(1);

        (await host.RunAsync("hooks", "deadletters", "drop", "tell", "--all", "--json")).ShouldBe((0, "{\"count\":1}\n", ""));
        worker.DeadLetters.ShouldBe(0);
        (await host.RunAsync("hooks", "deadletters", "list", "--json")).ShouldBe((0, "[]\n", ""));
    }

    [Fact]
    public async Task An_unknown_dead_letter_and_a_missing_number_are_refused()
    {
        using var programs = new ExecFolder();
        await using var host = await AdminHost.StartAsync(AdminHost.Program(programs, 0));

        var missing = await host.RunAsync("hooks", "deadletters", "retry", "tell", "4711");
        (missing.Code, missing.Error).ShouldBe((1, "wg-fleet: hook 'tell' has no dead letter 4711; 'wg-fleet hooks deadletters list' shows those there are\n"));
        var unnamed = await host.RunAsync("hooks", "deadletters", "drop", "tell");
        unnamed.Code.ShouldBe(2);
        unnamed.Error.ShouldContain("--all");
    }

    [Fact]
    public async Task Dead_letters_are_still_counted_after_a_restart()
    {
        await using var stage = new DeliveryStage(new ScriptedDelivery(_ => ScriptedDelivery.Failed, attempts: 1));
        stage.Tell(stage.World.Add(), stage.World.Add());
        await Eventually.True(() => stage.Worker.DeadLetters == 2);

        await stage.RestartAsync();

        stage.Worker.DeadLetters.ShouldBe(2);
        (await stage.Worker.DropDeadAsync(null, stage.Write)).ShouldBe(2);
        stage.Worker.DeadLetters.ShouldBe(0);
    }

    [Fact]
    public async Task A_retried_dead_letter_gets_all_its_attempts_again()
    {
        var down = true;
        var delivery = new ScriptedDelivery(_ => Volatile.Read(ref down) ? ScriptedDelivery.Failed : ScriptedDelivery.Delivered, attempts: 2);
        await using var stage = new DeliveryStage(delivery);
        stage.Tell(stage.World.Add());
        await Eventually.True(() => stage.Worker.DeadLetters == 1);

        Volatile.Write(ref down, false);
        (await stage.Worker.RetryDeadAsync(null, stage.Write)).ShouldBe(1);
        await stage.UntilDoneAsync();

        delivery.Attempts.Select(a => a.Number).ShouldBe([1, 2, 1]);
        stage.Store.Count(DeliveryStage.Hook, DeliveryState.Done).ShouldBe(1);
    }
}
