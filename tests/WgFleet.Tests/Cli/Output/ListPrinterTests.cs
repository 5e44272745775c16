using System.CommandLine;
using WgFleet.Cli;
using WgFleet.Cli.ClientCommands;
using WgFleet.Cli.HookCommands;
using WgFleet.Cli.Output;
using WgFleet.Hooks;
using WgFleet.Http.Api;

namespace WgFleet.Tests.Cli.Output;

public class ListPrinterTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    private static readonly Column<Row>[] Columns =
    [
        new("NAME", r => r.Name), new("LAST SEEN", r => r.Seen), new("COUNT", r => r.Count, IsWide: true), new("WHY", r => r.Why, MayBeCut: true),
    ];

    [Fact]
    public void A_table_shows_ages_and_leaves_wide_columns_out() =>
        Text(ListFormat.Table, new Row("web", Now.AddMinutes(-3), 5, null), new Row("db", null, 6, "x")).ShouldBe(
            "NAME  LAST SEEN  WHY\nweb   3m         -\ndb    -          x\n");

    [Fact]
    public void A_wide_table_shows_all_columns_and_full_times() =>
        Text(ListFormat.Wide, new Row("web", Now.AddMinutes(-3), 5, null)).ShouldBe(
            "NAME  LAST SEEN             COUNT  WHY\nweb   2026-11-29 11:57:00Z  5      -\n");

    [Fact]
    public void CSV_has_a_header_all_columns_times_in_UTC_and_quotes_where_RFC_4180_wants_them() =>
        Text(ListFormat.Csv, new Row("web", Now, 5, "a, \"b\"\nc"), new Row("=1+1", null, 6, "")).ShouldBe(
            "name,last_seen,count,why\r\nweb,2026-11-29T12:00:00Z,5,\"a, \"\"b\"\" c\"\r\n=1+1,,6,\r\n");

    [Theory]
    [InlineData(-3600, "in 1h")]
    [InlineData(-2, "0s")]
    [InlineData(59, "59s")]
    [InlineData(60, "1m")]
    [InlineData(3599, "59m")]
    [InlineData(3600, "1h")]
    [InlineData(172_799, "47h")]
    [InlineData(172_800, "2d")]
    public void An_age_is_in_its_largest_unit(int seconds, string text) => Times.Age(Now.AddSeconds(-seconds), Now).ShouldBe(text);

    [Fact]
    public void A_full_time_says_how_far_it_is_from_UTC() =>
        Times.Full(Now, utc: false).ShouldBe(Now.ToLocalTime() is { Offset.Ticks: not 0 } local ? local.ToString("yyyy-MM-dd HH:mm:sszzz") : "2026-11-29 12:00:00Z");

    [Fact]
    public void Lists_of_clients_fleets_and_hooks_with_long_texts_fit_in_80_columns_of_a_terminal()
    {
        Fits(ClientLists.Present, new ClientInfo
        {
            Hostname = new string('n', 63), Fleet = "contest", Address = "fd00:a:b:c:1234:5678:9abc:def0", PublicKey = "", RequestAddress = "", RegisteredAt = Now.AddDays(-400), LastSeen = Now.AddDays(-99),
        });
        Fits(ClientLists.Removed, new RemovedClientInfo
        {
            Hostname = new string('n', 63), Fleet = "contest", Address = "fd00:a::9abc:def0", PublicKey = "", RequestAddress = "", Cause = "stale", SilentSeconds = 5000, RemovedBy = "operator",
            RemovedAt = Now.AddDays(-3), KeptUntil = Now.AddDays(4),
        });
        Fits(HookColumns.Running, new HookInfo
        {
            Position = 12, Name = new string('h', 60), Kind = "projection", Status = "inactive", Source = "", Events = [], Origin = "", Lag = 100_000, Waiting = 100_000, DeadLetters = 9999,
            LastSuccess = Now.AddDays(-3), LastError = new string('e', 500),
        });
        Fits(HookColumns.Deliveries, new DeliveryInfo { Hook = new string('h', 60), Seq = 123_456, Event = "client.removed", State = "pending", Code = "exit 1", Error = new string('e', 500), EndedAt = Now });

        static void Fits<T>(IReadOnlyList<Column<T>> columns, T row) =>
            new ListPrinter(ListFormat.Table, false, Now, 80).Text([row], columns).Split('\n').ShouldAllBe(line => line.Length <= 80);
    }

    [Fact]
    public void Nothing_is_cut_where_there_is_no_terminal() =>
        new ListPrinter(ListFormat.Table, false, Now, null).Text([new Row("web", Now, 5, new string('w', 200))], Columns).ShouldContain(new string('w', 200));

    [Fact]
    public void Every_list_has_all_formats()
    {
        var lists = All(CommandLine.Root()).Where(c => c.Name is "list" or "tail" or "fleets").ToList();

        lists.Count(c => c.Name == "list").ShouldBeGreaterThanOrEqualTo(7);
        lists.ShouldAllBe(c => c.Options.Any(o => o.Name == "--output" && o.Aliases.Contains("-o")) && c.Options.Any(o => o.Name == "--utc"));
        CommandLine.Root().Subcommands.Where(c => c.Name is "clients" or "fleets" or "tokens" or "hooks" or "events" or "prune").ShouldAllBe(c => c.Subcommands.Any(s => s.Name == "list"));
    }

    [Fact]
    public async Task Every_format_of_a_list_is_printed_by_the_command()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.JoinAsync();

        (await server.RunAsync("clients", "list", "-o", "json")).Out.ShouldBe((await server.RunAsync("clients", "list", "--json")).Out);
        var csv = (await server.RunAsync("clients", "list", "-o", "csv")).Out.Split("\r\n");
        (csv.Length, csv[0].StartsWith("name,fleet,address,state,seen,", StringComparison.Ordinal), csv[1].StartsWith($",alpha,{client.Address},", StringComparison.Ordinal)).ShouldBe((3, true, true));
        (await server.RunAsync("clients", "list", "-o", "wide")).Out.ShouldContain(client.PublicKey.ToString());
        (await server.RunAsync("clients", "list", "-o", "csv", "--json")).ShouldSatisfyAllConditions(
            s => s.ExitCode.ShouldBe(2), s => s.Error.ShouldStartWith("wg-fleet: use either --json or --output csv\n"));
        (await server.RunAsync("events", "list", "-o", "csv")).Out.ShouldMatch("\\Aseq,time,type,fleet,address,name,by\r\n1,[0-9TZ:-]+,startup,,,,\r\n2,[0-9TZ:-]+,client.added,alpha,");
        (await server.RunAsync("events", "tail", "-o", "wide")).Out.ShouldStartWith("SEQ  TIME ");
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    private static string Text(ListFormat format, params Row[] rows) => new ListPrinter(format, utc: true, Now, 80).Text(rows, Columns);

    private sealed record Row(string Name, DateTimeOffset? Seen, int Count, string? Why);
}
