using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Queries.Many;

namespace WgFleet.Tests.Queries.Many;

public class NamePatternTests
{
    private static readonly RegisteredClient Client = new()
    {
        Fleet = "alpha", Hostname = "web", Tags = new Dictionary<string, string> { ["room"] = "E14", ["year"] = "20:26" }, Address = System.Net.IPAddress.Parse("fd00::5"),
    };

    [Theory]
    [InlineData("pc-{n}", "pc-7")]
    [InlineData("pc-{n:3}", "pc-007")]
    [InlineData("{fleet}-{tag.room}-{n:2}", "alpha-e14-07")]
    [InlineData("{hostname}-old", "web-old")]
    [InlineData("fixed", "fixed")]
    public void A_placeholder_stands_for_what_is_known_of_the_client(string pattern, string name) => NamePattern.NameOf(pattern, Client, 7).ShouldBe(name);

    [Theory]
    [InlineData("pc-{m}", "'{m}' stands for nothing; in a pattern, {n} is a number from 1")]
    [InlineData("pc-{n:0}", "'{n:0}' stands for nothing")]
    [InlineData("{tag.desk}", "web has no tag desk; no client was renamed")]
    [InlineData("{tag.year}", "the pattern gives web the name '20:26'")]
    [InlineData("PC", "the pattern gives web the name 'PC'")]
    [InlineData("{n", "the pattern gives web the name '{n'")]
    [InlineData("a\n", "the pattern gives web the name 'a\n'")]
    public void A_pattern_that_gives_no_name_is_refused(string pattern, string why) =>
        Should.Throw<RefusedException>(() => NamePattern.NameOf(pattern, Client, 7)).Message.ShouldStartWith(why);

    [Fact]
    public void A_client_without_a_name_cannot_keep_a_part_of_it() =>
        Should.Throw<RefusedException>(() => NamePattern.NameOf("{hostname}-x", Client with { Hostname = null }, 1)).Message.ShouldStartWith("fd00::5 has no name");
}
