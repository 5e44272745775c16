using System.Text;
using WgFleet.Config.Reading;

namespace WgFleet.Tests.Config;

/// <summary>A file may be anything; reading it ends, soon, and with a sentence.</summary>
public class HostileFileTests
{
    private const int Hang = 60_000;
    private const int MiB = 1 << 20;

    [Fact]
    public void A_file_over_one_mebibyte_is_refused()
    {
        Yaml.Problems(Padded(MiB)).ShouldBe("");
        Yaml.Problems(Padded(MiB + 1)).ShouldBe("FILE: is larger than 1 MiB, make it smaller");
    }

    [Fact]
    public void An_endless_file_is_refused() =>
        ConfigFile.Load("/dev/zero").Problems.ShouldHaveSingleItem().ToString().ShouldBe("/dev/zero: is not a regular file, name one");

    [Theory(Timeout = Hang)]
    [InlineData("[", "FILE:1:33: nested deeper than 32 levels")]
    [InlineData("{a: ", "FILE:1:126: nested deeper than 32 levels")]
    [InlineData("- ", "FILE:1:65: nested deeper than 32 levels")]
    [InlineData("? ", "FILE:1:65: nested deeper than 32 levels")]
    [InlineData("[\n", "FILE:33:1: nested deeper than 32 levels")]
    public Task Deep_nesting_is_refused(string level, string problem) => Task.Run(() =>
        Yaml.Problems(string.Concat(Enumerable.Repeat(level, MiB / level.Length))).ShouldBe(problem));

    [Fact(Timeout = Hang)]
    public Task Aliases_that_multiply_are_refused() => Task.Run(() =>
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 30; i++)
            bomb.Append($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]\n");

        Yaml.Problems(bomb.ToString()).ShouldBe("FILE:6:5: more than 500000 values, with aliases written out");
    });

    [Fact(Timeout = Hang)]
    public Task Merges_that_multiply_are_refused() => Task.Run(() =>
    {
        var keys = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"k{i}: 1\n  "));
        var maps = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"m{i}: {{<<: *a}}\n"));

        Yaml.Problems($"a: &a\n  {keys}\n{maps}").ShouldBe("FILE:1:1: more than 500000 values, with aliases written out");
    });

    [Theory(Timeout = Hang)]
    [InlineData("a: 1\n")]
    [InlineData("a")]
    [InlineData("a ")]
    [InlineData("a\n")]
    [InlineData("# c\n")]
    [InlineData("\n")]
    [InlineData("'")]
    [InlineData("\"\\\n")]
    [InlineData("- a\n")]
    [InlineData("--- a\n")]
    [InlineData("&a ")]
    [InlineData("!a ")]
    [InlineData("%a\n")]
    [InlineData("{}")]
    [InlineData("a: {}\n")]
    [InlineData("]")]
    [InlineData(": ")]
    [InlineData("?\n")]
    [InlineData("|\n")]
    [InlineData("a: |\n ")]
    [InlineData("\t")]
    [InlineData("\r")]
    [InlineData("*a ")]
    public Task Reading_a_mebibyte_of_any_YAML_ends_in_time(string piece) => Task.Run(() =>
    {
        var text = string.Concat(Enumerable.Repeat(piece, MiB / piece.Length));

        Yaml.Load(text).Problems.ShouldNotBeEmpty();
        Yaml.Load("domain: [" + text[..^9]).Problems.ShouldNotBeEmpty();
    });

    [Fact(Timeout = Hang)]
    public Task Thousands_of_fleets_are_read() => Task.Run(() =>
    {
        var fleets = string.Concat(Enumerable.Range(1, 8000).Select(i =>
            $"  f{i}: {{ip6: 'fd00:{i:x}::1', subnet: 'fd00:{i:x}::/64', external_ip: gw, port: {i}}}\n"));

        Yaml.Valid($"domain: example.com\nprune_timeout: 30m\nfleets:\n{fleets}").Fleets.Count.ShouldBe(8000);
    });

    [Fact(Timeout = Hang)]
    public Task A_damaged_file_gives_problems_of_one_line_each_and_never_an_exception() => Task.Run(() =>
    {
        const string pieces = "\n :-[]{}&*!|>'\"%@`#,?<~0x_.\t\r/\u0085é😀";
        var whole = Yaml.Minimal + Yaml.Beta + "listen: [0.0.0.0:80, '[::]:80']\nhooks: {list: [a, {name: b, settings: {c: d}}]}\n";
        var random = new Random(20);
        for (var round = 0; round < 500; round++)
        {
            var text = new StringBuilder(whole);
            for (var damage = random.Next(1, 6); damage > 0; damage--)
            {
                var at = random.Next(text.Length);
                _ = random.Next(4) switch
                {
                    0 => text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)),
                    1 => text.Insert(at, pieces[random.Next(pieces.Length)]),
                    2 => text.Insert(at, whole.AsSpan(random.Next(whole.Length - 20), random.Next(20))),
                    _ => text.Replace(text[at], pieces[random.Next(pieces.Length)], at, 1),
                };
            }

            foreach (var problem in Yaml.Load(text.ToString()).Problems)
                problem.ToString().ShouldNotContain('\n', $"of:\n{text}");
        }
    });

    private static string Padded(int bytes) => Yaml.Minimal + "#" + new string('x', bytes - Yaml.Minimal.Length - 1);
}
