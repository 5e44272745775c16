using System.Text.Json;
using WgFleet.Hooks.Templates;

namespace WgFleet.Tests.Hooks.Templates;

/// <summary>What helpers write.</summary>
public class HelpersTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("a \"b\" \\ / \n\r\t \u0001 \u2028 € 😀")]
    [InlineData("<&>'")]
    public void Json_writes_a_text_that_reads_as_the_same(string text) => JsonDocument.Parse(Render("{{json a}}", text)).RootElement.GetString().ShouldBe(text);

    [Fact]
    public void Json_writes_half_of_a_character_as_what_JSON_allows() => JsonDocument.Parse(Render("{{json a}}", "x\ud83d")).RootElement.GetString().ShouldBe("x\ufffd");

    [Fact]
    public void Json_writes_what_is_no_text_as_it_is()
    {
        Render("{{json a}}", null).ShouldBe("null");
        Render("{{json a}}", true).ShouldBe("true");
        Render("{{json a}}", 4711L).ShouldBe("4711");
        Render("{{json a}}", 1.5).ShouldBe("1.5");
        Render("{{json a}}", new List<object?> { "x", 1 }).ShouldBe("[\"x\",1]");
        Render("{{json a}}", new Dictionary<string, object?> { ["b c"] = null, ["d"] = new List<object?>() }).ShouldBe("{\"b c\":null,\"d\":[]}");
        Render("{{json a}}", new Dictionary<string, string> { ["b"] = "\"" }).ShouldBe("{\"b\":\"\\\"\"}");
    }

    [Theory]
    [InlineData("{{cut a 5}}", "12345", "12345")]
    [InlineData("{{cut a 5}}", "123456", "1234…")]
    [InlineData("{{cut a 4}}", "12😀45", "12…")]
    [InlineData("{{cut a 1}}", "12", "…")]
    [InlineData("{{entities a}}", "a<b>&amp;", "a&lt;b&gt;&amp;amp;")]
    [InlineData("{{#if (eq a \"x\")}}yes{{else}}no{{/if}}", "x", "yes")]
    [InlineData("{{#if (eq a \"x\")}}yes{{else}}no{{/if}}", "X", "no")]
    [InlineData("{{later a \"7d\"}}", "2026-01-02T03:04:05.123456Z", "2026-01-09T03:04:05.123456Z")]
    [InlineData("{{later a \"90m\"}}", "2026-12-31T23:04:05Z", "2027-01-01T00:34:05.000000Z")]
    public void A_helper_writes(string template, string value, string written) => Render(template, value).ShouldBe(written);

    [Theory]
    [InlineData("\n{{cut a}}", "template t, line 2: cut takes a value and a number of characters, as in {{cut text 2000}}")]
    [InlineData("{{cut a \"x\"}}", "template t, line 1: cut: 'x' is not a number of characters")]
    [InlineData("{{later a \"7d\"}}", "template t, line 1: later: 'v' is not a time")]
    [InlineData("{{later \"2026-01-02\" a}}", "template t, line 1: later: 'v' is not a duration, such as 90s, 30m or 7d")]
    [InlineData("{{jsn a}}", "template t, line 1: there is no 'jsn' here")]
    public void What_a_helper_cannot_do_is_an_error_with_its_line(string template, string error) =>
        Should.Throw<TemplateException>(() => Render(template, "v")).Message.ShouldBe(error);

    private static string Render(string template, object? value) => new Template("t", template).Render(new Dictionary<string, object?> { ["a"] = value });
}
