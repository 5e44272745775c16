using WgFleet.Config;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Cli;

/// <summary>A fleet in a phase as operators and machines meet it. The clock of these tests begins at 03:04:05 UTC.</summary>
public class PhaseShownTests
{
    private static PhaseConfig Contest => new("contest", new(null, new(3, 0)), new(null, new(5, 0)), TimeZoneInfo.Utc);

    [Fact]
    public async Task Everybody_sees_the_phase_and_no_new_machine_can_join()
    {
        await using var server = await StartAsync(c => c with { Fleets = [c.Fleets[0] with { Phases = [Contest] }, c.Fleets[1]] });

        (await server.RunAsync("fleets", "-o", "csv")).Out.ShouldContain(",contest,2026-01-02T05:00:00Z,");
        (await server.Http.GetStringAsync("/", Ct)).ShouldContain("<p class=\"phase\"><strong>contest</strong> until <time>2026-01-02 05:00:00</time></p>");
        (await server.Http.GetStringAsync("/fleet/alpha", Ct))
            .ShouldContain("<strong>contest</strong> until <time>2026-01-02 05:00:00</time>. No client is pruned, no name changes, and no new machine can join.");
        (await server.RunAsync("status")).Out.ShouldBe("nothing is wrong\n");

        using var refused = await server.Http.PostAsync("/fleet/alpha/register", null, Ct);
        ((int)refused.StatusCode, await refused.Content.ReadAsStringAsync(Ct))
            .ShouldBe((503, """{"detail":"No new machine can join alpha in the phase contest until 2026-01-02 05:00:00Z"}"""));
        refused.Headers.RetryAfter!.Delta.ShouldBe(new TimeSpan(1, 55, 55));
        using var other = await server.Http.PostAsync("/fleet/beta/register", null, Ct);
        ((int)other.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task A_refused_prune_names_the_phase_and_its_end_and_what_a_thaw_does_not_do()
    {
        await using var server = await StartAsync(c => c with { Fleets = [c.Fleets[0] with { Phases = [Contest] }, c.Fleets[1]] });
        const string phase = "the phase contest until 2026-01-02 05:00:00Z";

        (await server.RunAsync("prune", "allow", "alpha", "--yes")).ShouldBe(
            new(1, "", $"wg-fleet: fleet 'alpha' is frozen by {phase}; to end that earlier, change its phases in the configuration and reload\n"));

        (await server.RunAsync("fleets", "freeze", "alpha")).ExitCode.ShouldBe(0);
        (await server.RunAsync("prune", "allow", "alpha", "--yes")).ShouldBe(new(1, "",
            $"wg-fleet: fleet 'alpha' is frozen by root and by {phase}: no client is pruned before the phase has ended and the fleet was thawed, with wg-fleet fleets thaw alpha\n"));
        string.Join(' ', (await server.RunAsync("status")).Out.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ShouldContain($"Pruning and renaming are paused until it is thawed; {phase} pauses them too");
        (await server.RunAsync("fleets", "thaw", "alpha")).ShouldBe(new(0, $"alpha is frozen since 2026-01-02 03:00:00Z, by {phase}\n", ""));
        (await server.RunAsync("fleets", "thaw", "alpha")).Error.ShouldContain($"is frozen by {phase}; to end that earlier");
    }
}
