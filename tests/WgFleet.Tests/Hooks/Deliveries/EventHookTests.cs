using WgFleet.Config;

namespace WgFleet.Tests.Hooks.Deliveries;

/// <summary>Programs as hooks of a whole engine: what each is given, from where in the log.</summary>
public class EventHookTests
{
    private const string Note = "echo \"$WGFLEET_TYPE $WGFLEET_IP $WGFLEET_REPLAYED\" >> \"$1\"";

    [Theory]
    [InlineData(HookStart.Now, "startup  0", "client.added fd00:1::3 0")]
    [InlineData(HookStart.Snapshot, "client.added fd00:1::1 1", "client.added fd00:2::2 1", "startup  0", "client.added fd00:1::3 0")]
    internal async Task A_new_hook_begins_where_its_configuration_says(HookStart start, params string[] expected)
    {
        using var folder = new ExecFolder();
        await using var stage = Staged(folder, new HookConfig { Name = "note", Start = start, Kind = Exec(folder) });
        stage.World.AddQuietly("alpha", "a1");
        stage.World.AddQuietly("beta", null);

        await stage.StartAsync();
        stage.Hooks.Publish(stage.World.Add());

        await Eventually.True(() => Noted(folder).Length == expected.Length);
        Noted(folder).Order().ShouldBe(expected.Order());
    }

    [Fact]
    public async Task A_hook_gets_only_the_events_and_fleets_that_it_asks_for()
    {
        using var folder = new ExecFolder();
        await using var stage = Staged(folder, new HookConfig { Name = "note", Events = ["client.removed"], Fleets = "b*", Kind = Exec(folder) });
        await stage.StartAsync();

        stage.Hooks.Publish(stage.World.Add("alpha"));
        stage.Hooks.Publish(stage.World.Remove());
        stage.Hooks.Publish(stage.World.Add("beta"));
        stage.Hooks.Publish(stage.World.Remove());

        await Eventually.True(() => Noted(folder).Length > 0);
        Noted(folder).ShouldBe(["client.removed fd00:2::2 0"]);
    }

    private static Stage Staged(ExecFolder folder, HookConfig hook)
    {
        folder.Script(Note, "note");
        return new Stage(new HooksConfig { List = [hook], Folders = [] });
    }

    private static ExecConfig Exec(ExecFolder folder) =>
        new() { Command = folder.File("note"), Args = [folder.File("noted")], User = Environment.UserName };

    private static string[] Noted(ExecFolder folder) => File.Exists(folder.File("noted")) ? File.ReadAllLines(folder.File("noted")) : [];
}
