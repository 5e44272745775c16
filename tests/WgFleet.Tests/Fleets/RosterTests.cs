using System.Text;
using WgFleet.Config;
using WgFleet.Config.Rosters;
using WgFleet.Config.Yaml;
using WgFleet.Fleets.Commands;
using WgFleet.Store;

namespace WgFleet.Tests.Fleets;

/// <summary>A roster that an operator has set, over restarts.</summary>
public class RosterTests
{
    [Fact]
    public async Task A_roster_is_still_there_after_a_restart_and_gone_for_good_after_it_was_deleted()
    {
        await using var test = await TestRegistry.StartAsync(ByApi);
        await SetAsync(test, "seat,hostname\nD14,d14\n");

        await test.RestartAsync();
        test.Alpha.Config.Roster!.Seats.ShouldHaveSingleItem().Name.ShouldBe("D14");
        test.Alpha.Config.Roster.Saved!.Value.By.ShouldBe("ops");

        await SetAsync(test, null);
        await test.RestartAsync();
        test.Alpha.Config.Roster.ShouldBeNull();
    }

    [Fact]
    public async Task A_roster_in_the_database_that_cannot_be_used_is_told_and_does_not_keep_the_server_from_starting()
    {
        await using var test = await TestRegistry.StartAsync(ByApi);
        await SetAsync(test, "seat,hostname\nD14,d14\n");
        Some.Execute(test.Config.Database, "UPDATE rosters SET csv = 'seat'");

        await test.RestartAsync();

        test.Alpha.Config.Roster.ShouldBeNull();
        test.Log.Lines.ShouldContain(l => l.Message.StartsWith("The roster of fleet alpha in the database cannot be used"));
    }

    private static Task<RosterChange> SetAsync(TestRegistry test, string? csv) => test.Registry.SetRosterAsync(
        "alpha", csv is null ? null : RosterFile.Read("roster", Encoding.UTF8.GetBytes(csv), new Diagnostics("roster")), _ => true, Acting.As("ops"));

    private static ServerConfig ByApi(ServerConfig config) => config with { Fleets = [config.Fleets[0] with { RosterByApi = true }, .. config.Fleets.Skip(1)] };
}
