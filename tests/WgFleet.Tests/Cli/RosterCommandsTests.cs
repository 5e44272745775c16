using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Cli;

/// <summary>Somebody who knows the hall sets a fleet's roster on the command line.</summary>
public class RosterCommandsTests
{
    [Fact]
    public async Task An_operator_sets_prints_and_deletes_a_roster()
    {
        await using var server = await StartAsync(c => c with { Fleets = [c.Fleets[0] with { RosterByApi = true }, .. c.Fleets.Skip(1)] });
        using var folder = new Folder();
        var file = folder.File("hall.csv");
        await File.WriteAllTextAsync(file, "seat,hostname\nD14,d14\nD15,d15\n", Ct);
        (await server.RunAsync("roster", "get", "alpha")).ShouldBe(new(1, "", "wg-fleet: fleet alpha has no roster\n"));
        (await server.RunAsync("rollcall", "alpha")).Error.ShouldBe("wg-fleet: nobody says which machines fleet alpha should have: wg-fleet roster set alpha FILE\n");

        (await server.RunAsync("roster", "set", "alpha", file)).ShouldBe(new(0, "the roster of fleet alpha has 2 seats: 2 seats added\n", ""));
        (await server.RunAsync("roster", "set", "alpha", file)).ShouldBe(new(0, "the roster of fleet alpha is this one already\n", ""));
        (await server.RunAsync("roster", "get", "alpha")).ShouldBe(new(0, "seat,hostname\nD14,d14\nD15,d15\n", ""));

        await File.WriteAllTextAsync(file, "seat,hostname\nD14,dell\nD16,d16\n", Ct);
        (await server.RunAsync("roster", "set", "alpha", file)).ShouldBe(new(0, "the roster of fleet alpha has 2 seats: 1 seat added, 1 removed, 1 changed\n", ""));
        (await server.RunAsync("roster", "clear", "alpha", "--yes")).ShouldBe(new(0, "the roster of fleet alpha is deleted\n", ""));
        (await server.RunAsync("roster", "clear", "alpha")).ShouldBe(new(0, "fleet alpha has no roster\n", ""));
    }

    [Fact]
    public async Task Mistakes_are_told_with_the_file_and_line_and_nothing_is_sent()
    {
        await using var server = await StartAsync();
        using var folder = new Folder();
        var file = folder.File("hall.csv");
        await File.WriteAllTextAsync(file, "seat,hostname\nA,a\nA,b\n", Ct);

        (await server.RunAsync("roster", "set", "alpha", file)).ShouldBe(new(1, "", $"{file}:3: seat: 'A' is on line 2 already, each seat stands once\n"));
        (await server.RunAsync("roster", "set", "alpha", file + "x")).Error.ShouldStartWith($"{file}x: there is no such file");
    }
}
