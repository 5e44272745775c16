using System.Diagnostics;
using WgFleet.Cli;
using WgFleet.Hooks.Admin;
using WgFleet.Http.Api;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Cli;

public class TopCommandTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(80, 24)]
    [InlineData(80, 10)]
    [InlineData(200, 50)]
    public void The_screen_is_never_larger_than_the_terminal(int width, int height)
    {
        var lines = Full().Lines(Now, width, height, null);

        lines.Count.ShouldBeLessThanOrEqualTo(height);
        lines.ShouldAllBe(l => l.Length <= width);
    }

    [Fact]
    public void A_screen_of_80_columns_and_24_lines_shows_troubles_fleets_and_the_latest_events()
    {
        var lines = Full().Lines(Now, 80, 24, null);

        lines[0].ShouldEndWith("30 fleets, 3000 clients, 270 online; q quits");
        lines.ShouldContain(l => l.StartsWith("broken  3m ", StringComparison.Ordinal));
        lines.ShouldContain(l => l.StartsWith("fleet-0   up ", StringComparison.Ordinal));
        lines.ShouldContain("and 26 more");
        lines.ShouldContain(l => l.StartsWith("49  ", StringComparison.Ordinal), "the latest event comes first");
        lines.Count.ShouldBe(24);
    }

    [Fact]
    public void The_first_line_says_what_is_wrong_with_the_server() =>
        Full().Lines(Now, 80, 24, "since noon: no server answers")[0].ShouldBe("since noon: no server answers");

    [Fact]
    public async Task Without_a_terminal_one_round_is_printed()
    {
        await using var server = await StartAsync();

        var said = await server.RunAsync("top");

        (said.ExitCode, said.Error).ShouldBe((0, ""));
        said.Out.ShouldContain("\nalpha  up ");
        said.Out.ShouldNotContain("\e");
    }

    [Theory]
    [InlineData("q", 0)]
    [InlineData("\x03", 130)]
    public async Task On_a_terminal_it_draws_anew_until_it_is_ended_and_restores_the_terminal(string key, int code)
    {
        await using var server = await StartAsync();

        // Ctrl-C between two keys that top waits for is a signal, which the shell gets too.
        var command = $"trap : INT; stty cols 80 rows 24; {Path.Combine(AppContext.BaseDirectory, "wg-fleet")} top --config {await server.WriteConfigAsync()}; c=$?; stty -a | grep -o ' icanon'; exit $c";
        using var process = Process.Start(new ProcessStartInfo("script", ["-qec", command, "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var (shown, buffer, isSent) = (new System.Text.StringBuilder(), new char[4096], false);
        for (int read; (read = await process.StandardOutput.ReadAsync(buffer, Ct)) > 0;)
        {
            shown.Append(buffer, 0, read);
            if (!isSent && shown.ToString().Split("\e[H").Length > 2)
            {
                isSent = true;
                await process.StandardInput.WriteAsync(key);
                await process.StandardInput.FlushAsync(Ct);
            }
        }

        await process.WaitForExitAsync(Ct);
        var text = shown.ToString();
        process.ExitCode.ShouldBe(code, text);
        text.ShouldContain("\e[?1049h");
        text[text.LastIndexOf("\e[?25h\e[?1049l", StringComparison.Ordinal)..].ShouldContain(" icanon", customMessage: text);
    }

    private static TopScreen Full() => new(
        [.. Enumerable.Range(0, 30).Select(i => new FleetInfo($"fleet-{i}", "wg", "fd00::1", "fd00:aaaa:bbbb:cccc::/64", "192.0.2.1", 51820, 100, 9, "frozen", "up", Now, new string('r', 300), null, null))],
        [.. Enumerable.Range(0, 20).Select(i => new TroubleInfo("fleet_down", "broken", $"{new string('t', 300)} {i}", Now.AddMinutes(-3), "look", null, null, null, null))],
        [.. Enumerable.Range(0, 50).Select(i => new EventInfo { Seq = i, Time = Now, Type = "client.hostname_changed", Fleet = "fleet-0", Ip = "fd00:a:b:c:1234:5678:9abc:def0", Hostname = new string('h', 63) })]);
}
