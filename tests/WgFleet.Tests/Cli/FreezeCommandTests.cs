using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Cli;

/// <summary>A frozen fleet as operators and machines meet it.</summary>
public class FreezeCommandTests
{
    [Fact]
    public async Task A_fleet_is_frozen_shown_as_frozen_and_thawed()
    {
        await using var server = await StartAsync();

        (await server.RunAsync("fleets", "freeze", "alpha")).ShouldBe(new(0, "alpha is frozen since 2026-01-02 03:04:05Z, by root\n", ""));
        (await server.RunAsync("fleets", "freeze", "alpha")).ShouldBe(new(0, "alpha is frozen since 2026-01-02 03:04:05Z, by root; freezing it again changes nothing\n", ""));
        (await server.RunAsync("prune", "list", "-o", "wide", "--utc")).Out.ShouldContain("\nalpha  0        frozen  -         2026-01-02 03:04:05Z  root\nbeta   0        on      -         -                     -\n");
        (await server.RunAsync("fleets")).Out.ShouldContain("\nalpha  up     0        0       frozen  ");
        (await server.RunAsync("prune", "allow", "alpha", "--yes")).ShouldBe(new(1, "", "wg-fleet: fleet 'alpha' is frozen; thaw it first, with wg-fleet fleets thaw alpha\n"));
        (await server.Http.GetStringAsync("/", Ct)).ShouldContain("<p class=\"mark\">Frozen</p>");
        (await server.Http.GetStringAsync("/fleet/alpha", Ct)).ShouldContain("Frozen since 2026-01-02 03:04:05 UTC by root. Pruning and renaming are paused.");
        (await server.Http.GetStringAsync("/fleet/beta", Ct)).ShouldNotContain("Frozen since");

        (await server.RunAsync("fleets", "thaw", "alpha", "--json")).ShouldBe(new(0, "{\"fleet\":\"alpha\",\"changed\":true}\n", ""));
        (await server.RunAsync("fleets", "thaw", "alpha")).ShouldBe(new(0, "alpha is not frozen; thawing it changes nothing\n", ""));
        (await server.Http.GetStringAsync("/", Ct)).ShouldNotContain("frozen");
        (await server.RunAsync("fleets", "freeze", "gamma")).ShouldBe(new(1, "", "wg-fleet: there is no fleet 'gamma'\n"));
    }

    [Fact]
    public async Task A_ping_with_another_name_in_a_frozen_fleet_is_answered_ok_and_is_a_sign_of_life()
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();
        await server.PingAsync("""{"hostname":"web"}""", client.Address.ToString());
        await server.Registry.FreezeAsync("alpha", Acting.As("ops"));
        server.Time.Advance(TimeSpan.FromSeconds(9));

        (await server.PingAsync("""{"hostname":"db"}""", client.Address.ToString())).ShouldBe(Reply.Json(200, """{"status":"ok"}"""));

        var now = server.Registry.Current.Fleet("alpha")!.ById[client.Id];
        (now.Hostname, now.Liveness.LastPing).ShouldBe(("web", server.Time.GetUtcNow()));
        (await server.PingAsync("""{"hostname":"No"}""", client.Address.ToString())).Status.ShouldBe(400);
    }
}
