using System.Text;

namespace WgFleet.Tests.Config.Rosters;

/// <summary>A roster as somebody exports it from a spreadsheet, and what is said about mistakes in it.</summary>
public class RosterFileTests
{
    private const string Key = "uM0xQ1W2fXkq0fJ6m1f0bV0d1b1xv3mH6Yw8o5v3XkE=";

    [Fact]
    public void A_spreadsheet_in_any_of_its_usual_forms_is_read()
    {
        var commas = Some.Roster($"# the hall\r\nSeat,Hostname,Key,Serial,Card,Switch Port,Image,Row,Column\r\nD14,dell-14,{Key},5CG1234,52-54-00-AB-CD-EF,\"sw1 Gi1/0/14, left\",2026.11,D,14\r\n\r\n");
        var seat = commas.Seats.ShouldHaveSingleItem();

        seat.ShouldSatisfyAllConditions(
            s => (s.Name, s.Hostname, s.Key.ToString(), s.Serial).ShouldBe(("D14", "dell-14", Key, "5CG1234")),
            s => (s.Card, s.SwitchPort, s.Image, s.Place).ShouldBe(("52:54:00:ab:cd:ef", "sw1 Gi1/0/14, left", "2026.11", (4, 14))));
        Some.Roster("\ufeffseat;serial;card\nD14;5CG1234;\nD15;;525400abcdef\n;;\n").Seats.Select(s => (s.Name, s.Hostname, s.Serial, s.Card))
            .ShouldBe([("D14", "d14", "5CG1234", null), ("D15", "d15", null, "52:54:00:ab:cd:ef")]);
        Some.Roster("seat\thostname\n\"the \"\"big\"\" one\"\t14\n").Seats.ShouldHaveSingleItem().Name.ShouldBe("the \"big\" one");
    }

    [Theory]
    [InlineData("", "ROSTER: is empty, begin with a header such as seat,hostname")]
    [InlineData("seat,hostname\n", "ROSTER: has no seat, write a line for each below the header")]
    [InlineData("seat,sreial\n", "ROSTER:1: unknown column 'sreial', did you mean 'serial'?|ROSTER:1: no column says which machine belongs on a seat, add hostname, key, serial, card or switch_port")]
    [InlineData("seat,team,hostname\n", "ROSTER:1: unknown column 'team', allowed are seat, hostname, key, serial, card, switch_port, image, row, column")]
    [InlineData("seat,row,column\nA,1,1\n", "ROSTER:1: no column says which machine belongs on a seat, add hostname, key, serial, card or switch_port")]
    [InlineData("hostname\na\n", "ROSTER:1: there is no column 'seat', begin with a header such as seat,hostname")]
    [InlineData("seat,hostname,row\nA,a,1\n", "ROSTER:1: a map needs both 'row' and 'column', add the other")]
    [InlineData("seat,card,card\nA,,\n", "ROSTER:1: column 'card' stands twice, remove one")]
    [InlineData("seat,hostname\nA,a,b\n", "ROSTER:2: has 3 fields, but the header has 2: put a field that contains a separator in quotes")]
    [InlineData("seat,hostname\nA,\"a\n", "ROSTER:2: a quote is not closed on this line, write \"\" for a quote in a quoted field|ROSTER: has no seat, write a line for each below the header")]
    [InlineData("seat,hostname\n,a\n", "ROSTER:2: seat: has no value, use 1 to 100 characters")]
    [InlineData("seat,serial,card\nA,,\n", "ROSTER:2: nothing says which machine belongs on seat A, fill in serial or card")]
    [InlineData("seat,serial\nHall 1,x\n", "ROSTER:2: seat: 'Hall 1' cannot be its machine's name in DNS, give the name in a column 'hostname'")]
    [InlineData("seat,hostname\nA,web.example\n", "ROSTER:2: hostname: 'web.example' cannot be a name in DNS, use 1 to 63 of a-z, 0-9, - and _, without - at either end")]
    [InlineData("seat,hostname\nA,-a\n", "ROSTER:2: hostname: '-a' cannot be a name in DNS, use 1 to 63 of a-z, 0-9, - and _, without - at either end")]
    [InlineData("seat,key\nA,abc\n", "ROSTER:2: key: 'abc' is not a public key, use 44 characters of base64 as 'wg pubkey' prints them")]
    [InlineData("seat,card\nA,52:54:00\n", "ROSTER:2: card: '52:54:00' is not the address of a network card, use one such as 52:54:00:12:34:56")]
    [InlineData("seat,hostname,row,column\nA,a,0,27\nB,b,3,\n", "ROSTER:2: row: '0' is not a place, use 1 to 1000 or a letter|ROSTER:3: column: has no value, use 1 to 1000 or a letter")]
    [InlineData("seat,hostname\nD14,a\nd14,b\n", "ROSTER:3: seat: 'd14' is on line 2 already, each seat stands once")]
    [InlineData("seat,serial\nA,1234567890\nB,1234567890\n", "ROSTER:3: serial: '1234567890' is on line 2 already, leave it empty where boards have no number of their own")]
    [InlineData("seat,card\nA,525400abcdef\nB,52:54:00:AB:CD:EF\n", "ROSTER:3: card: '52:54:00:ab:cd:ef' is on line 2 already, each machine has one seat")]
    [InlineData("seat,hostname\nA,web\nB,WEB\n", "ROSTER:3: hostname: 'web' is on line 2 already, give each seat another name")]
    [InlineData("seat,hostname,row,column\nA,a,D,14\nB,b,4,14\n", "ROSTER:3: row: '4, 14' is on line 2 already, each seat has another place")]
    public void A_mistake_is_told_with_its_line_and_what_to_do(string csv, string problems) => Problems(csv).ShouldBe(problems.Split('|'));

    [Fact]
    public void A_roster_with_a_mistake_in_every_line_names_twenty_and_counts_the_rest()
    {
        var csv = new StringBuilder("seat,hostname\n");
        for (var i = 0; i < 30; i++)
            csv.Append("A,.\n");

        var told = Problems(csv.ToString());

        told.Count.ShouldBe(21);
        told[^1].ShouldBe("ROSTER: has 39 more errors, correct these first");
    }

    [Fact]
    public void A_roster_that_cannot_be_read_is_refused_with_the_reason()
    {
        using var folder = new Folder();
        var file = folder.File("roster.csv");
        var text = $"{Yaml.Minimal}    roster: {file}\n";

        Yaml.Load(text).Problems.Single().ToString().ShouldBe($"{file}: there is no such file, create it or correct the key roster");
        File.WriteAllBytes(file, [.. "seat,hostname\nA,"u8, 0xff]);
        Yaml.Load(text).Problems.Single().ToString().ShouldBe($"{file}:2:3: not UTF-8 text from here, save the file as UTF-8 without control characters");
        File.WriteAllText(file, "seat,hostname\n" + new string('#', 4 << 20));
        Yaml.Load(text).Problems.Single().ToString().ShouldBe($"{file}: is larger than 4 MiB, make it smaller");
        File.WriteAllText(file, "seat,hostname\n" + string.Concat(Enumerable.Range(0, 20_001).Select(i => $"{i},{i}\n")));
        Yaml.Load(text).Problems.Single().ToString().ShouldBe($"{file}: has 20,001 seats, at most 20,000 are allowed");
        File.WriteAllText(file, "seat,hostname\nA,a\n");
        Yaml.Valid(text).Fleets[0].Roster!.Seats.Count.ShouldBe(1);
        Yaml.Problems($"{Yaml.Minimal}    roster: roster.csv\n").ShouldBe("FILE:9: fleets.alpha.roster: 'roster.csv' is not an absolute path, use a file's full path, from /, or api");
    }

    private static List<string> Problems(string csv)
    {
        using var folder = new Folder();
        var file = folder.File("roster.csv");
        File.WriteAllText(file, csv);
        return [.. Yaml.Load($"{Yaml.Minimal}    roster: {file}\n").Problems.Select(p => p.ToString().Replace(file, "ROSTER", StringComparison.Ordinal))];
    }
}
