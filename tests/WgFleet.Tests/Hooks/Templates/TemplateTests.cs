using WgFleet.Hooks.Templates;

namespace WgFleet.Tests.Hooks.Templates;

public class TemplateTests
{
    private static readonly Dictionary<string, object?> Model = new()
    {
        ["domain"] = "example.test",
        ["nothing"] = null,
        ["markup"] = "<a href=\"x\">&'",
        ["settings"] = new Dictionary<string, string> { ["ttl"] = "60" },
        ["clients"] = new[] { new Dictionary<string, object?> { ["hostname"] = "one" }, new Dictionary<string, object?> { ["hostname"] = null } },
    };

    [Theory]
    [InlineData("{{domain}}", "example.test")]
    [InlineData("{{nothing}}|", "|")]
    [InlineData("{{markup}} {{{markup}}}", "<a href=\"x\">&' <a href=\"x\">&'")]
    [InlineData("{{settings.ttl}}", "60")]
    [InlineData("{{#each clients}}{{hostname}} {{../domain}} {{@root.settings.ttl}}{{#unless @last}}, {{/unless}}{{/each}}", "one example.test 60,  example.test 60")]
    [InlineData("{{#each clients}}\n{{#if hostname}}\n{{hostname}}\n{{else}}\nno name\n{{/if}}\n{{/each}}\n", "one\nno name\n")]
    [InlineData("{{#if (lookup settings \"ttl\")}}set{{else}}unset{{/if}} {{#if (lookup settings \"mx\")}}set{{else}}unset{{/if}}", "set unset")]
    [InlineData("{{! nobody sees this }}\nx\n", "x\n")]
    [InlineData("no expression at all\r\n", "no expression at all\r\n")]
    [InlineData("", "")]
    public void A_template_renders(string template, string text) => new Template("t", template).Render(Model).ShouldBe(text);

    [Theory]
    [InlineData("{{domian}}", "template t, line 1: there is no 'domian' here")]
    [InlineData("a\nb\n{{#each clients}}\n{{hostname}} {{domain}}\n{{/each}}", "template t, line 4: there is no 'domain' here")]
    [InlineData("{{domain}}\n{{#each clients}}\n{{domain}}\n{{/each}}", "template t, line 3: there is no 'domain' here")]
    [InlineData("x\n{{#each client}}\n{{/each}}", "template t, line 2: there is no 'client' here")]
    [InlineData("x\n{{#client}}\n{{/client}}", "template t, line 2: there is no 'client' here")]
    [InlineData("x\n\n{{#if settings.mx}}y{{/if}}", "template t, line 3: there is no 'settings.mx' here")]
    [InlineData("{{#each clients}}\n{{../hostname}}\n{{/each}}", "template t, line 2: there is no '../hostname' here")]
    [InlineData("{{upper domain}}", "template t, line 1: there is no 'upper' here")]
    [InlineData("{{csv}}", "template t, line 1: csv takes one value, as in {{csv hostname}}")]
    public void An_unknown_name_is_an_error_with_the_name_and_the_line(string template, string message) =>
        Should.Throw<TemplateException>(() => new Template("t", template).Render(Model)).Message.ShouldBe(message);

    [Theory]
    [InlineData("a\nb {{domain", "template t, line 2: the expression is not closed with }}")]
    [InlineData("{{#each clients}}", "template t, line 1: {{#each}} is not closed with {{/each}}")]
    [InlineData("{{/each}}", "template t, line 1: {{/each}} does not belong to a block that is open here")]
    [InlineData("{{#if domain}}\n{{#each clients}}\n{{/if}}\n{{/each}}", "template t, line 3: {{/if}} does not belong to a block that is open here")]
    [InlineData("a {{else}} b", "template t, line 1: {{else}} does not belong to a block that is open here")]
    [InlineData("\n{{}}", "template t, line 2: there is nothing between {{ and }}")]
    [InlineData("{{#each}}{{/each}}", "template t, line 1: each takes a value, as in {{#each clients}}")]
    [InlineData("{{#if domain nothing}}{{/if}}", "template t, line 1: 'nothing' is not expected here")]
    [InlineData("{{csv (lookup settings \"ttl\"}}", "template t, line 1: a parenthesis is not closed")]
    public void An_invalid_template_is_an_error_of_one_line(string template, string message) =>
        Should.Throw<TemplateException>(() => new Template("t", template)).Message.ShouldBe(message);

    [Fact]
    public void A_template_that_includes_itself_is_an_error() =>
        Should.Throw<TemplateException>(() => new Template("t", "{{#*inline \"a\"}}{{> a}}{{/inline}}{{> a}}").Render(Model)).Message.ShouldContain("uses itself without an end");

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"x\"", "\"say \"\"x\"\"\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("a\rb", "\"a\rb\"")]
    public void A_csv_field_is_quoted_if_it_has_to_be(string field, string written) =>
        new Template("t", "{{csv field}}").Render(new Dictionary<string, object?> { ["field"] = field }).ShouldBe(written);
}
