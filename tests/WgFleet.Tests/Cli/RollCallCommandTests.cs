using WgFleet.Fleets.State;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Cli;

/// <summary>Somebody in the hall calls the roll before the contest, on the command line.</summary>
public class RollCallCommandTests
{
    private const string Roster = "seat,hostname,row,column\nD14,d14,D,14\nD15,d15,D,15\nD16,d16,D,16\n";

    [Fact]
    public async Task A_script_asks_whether_all_is_as_expected_and_goes_by_the_exit_code()
    {
        await using var server = await StartAsync(c => c.WithRoster("seat,hostname\nD14,d14\n"));
        (await server.RunAsync("rollcall", "alpha")).ShouldBe(new(1, """
            alpha, 2026-01-02 03:04:05Z: 0 of 1 seat present, 1 missing
            SEAT  STATE    MACHINE
            D14   missing  never came

            """, ""));

        await ComesAsync(server, "d14");

        (await server.RunAsync("rollcall", "alpha")).ShouldBe(new(0, "alpha, 2026-01-02 03:04:05Z: 1 of 1 seat present; all is as expected\n", ""));
    }

    [Fact]
    public async Task An_operator_sees_which_seats_are_missing_or_double_and_which_machines_are_unknown()
    {
        await using var server = await StartAsync(c => c.WithRoster(Roster));
        await NamedAsync(server, "d14");
        await ComesAsync(server, "d15");
        await ComesAsync(server, "d15");
        await ComesAsync(server, "d16");
        var laptop = await ComesAsync(server, "laptop");

        (await server.RunAsync("rollcall", "alpha")).ShouldBe(new(1, $"""
            alpha, 2026-01-02 03:04:05Z: 1 of 3 seats present, 1 missing, 1 double, 1 unknown
            SEAT  STATE    MACHINE
            D14   missing  d14, silent since 2026-01-02 03:04:05Z
            D15   double   d15; d15--2
            -     unknown  laptop, at {laptop.Address}

            """, ""));
        (await server.RunAsync("rollcall", "alpha", "--all")).Out.ShouldContain("\nD16   present  d16\n");
    }

    [Fact]
    public async Task An_operator_sees_which_machine_is_on_the_wrong_seat_and_which_runs_an_old_image()
    {
        await using var server = await StartAsync(c => c.WithRoster("seat,serial,hostname,image\nD14,A,d14,new\nD15,B,d15,new\n"));
        await SaysAsync(server, "d15", """{"board_serial":"A","image":"new"}""");
        await SaysAsync(server, "whatever", """{"board_serial":"B","image":"old"}""");

        (await server.RunAsync("rollcall", "alpha")).ShouldBe(new(1, """
            alpha, 2026-01-02 03:04:05Z: 0 of 2 seats present, 1 on the wrong seat, 1 on an old image
            SEAT  STATE       MACHINE
            D14   wrong seat  d15, looks as if it were on D15
            D15   old image   whatever, image old instead of new

            """, ""));
    }

    [Fact]
    public async Task A_program_reads_the_same_as_JSON()
    {
        await using var server = await StartAsync(c => c.WithRoster("seat,hostname,row,column\nD14,d14,D,14\n"));
        var client = await ComesAsync(server, "d14");

        var run = await server.RunAsync("rollcall", "alpha", "--json");

        run.ShouldBe(new(0, $$"""
            {"fleet":"alpha","time":"2026-01-02T03:04:05Z","as_expected":true,"present":1,"missing":0,"double":0,"wrong_seat":0,"old_image":0,"seats":[{"seat":"D14","state":"present","text":"d14","hostname":"d14","row":4,"column":14,"clients":[{"address":"{{client.Address}}","hostname":"d14","public_key":"{{client.PublicKey.ToString().Replace("+", "\\u002B", StringComparison.Ordinal)}}","online":true,"last_seen":"2026-01-02T03:04:05Z","matched_by":"hostname"}]}],"unknown":[]}

            """, ""));
    }

    [Fact]
    public async Task A_fleet_without_a_roster_and_one_that_is_not_there_end_with_3_and_a_sentence()
    {
        await using var server = await StartAsync();

        (await server.RunAsync("rollcall", "alpha"))
            .ShouldBe(new(3, "", "wg-fleet: nobody says which machines fleet alpha should have: name a file in fleets.alpha.roster, and reload\n"));
        (await server.RunAsync("rollcall", "nosuch")).ShouldBe(new(3, "", "wg-fleet: there is no fleet 'nosuch'\n"));
        (await server.RunAsync("rollcall")).ExitCode.ShouldBe(2);
    }

    private static async Task<RegisteredClient> ComesAsync(TestServer server, string hostname)
    {
        var client = await NamedAsync(server, hostname);
        await server.HandshakeAsync(client);
        return client;
    }

    private static async Task SaysAsync(TestServer server, string hostname, string facts)
    {
        using var answer = await server.Http.PostAsync("/fleet/alpha/register", new StringContent($$"""{"facts":{{facts}}}"""), Ct);
        answer.EnsureSuccessStatusCode();
        var client = server.Registry.Current.Fleet("alpha")!.ById.Values.Last();
        await server.PingAsync($$"""{"hostname":"{{hostname}}"}""", client.Address.ToString());
        await server.HandshakeAsync(client);
    }

    private static async Task<RegisteredClient> NamedAsync(TestServer server, string hostname)
    {
        var client = await server.JoinAsync();
        await server.PingAsync($$"""{"hostname":"{{hostname}}"}""", client.Address.ToString());
        return server.Registry.Current.Fleet("alpha")!.ById[client.Id];
    }
}
