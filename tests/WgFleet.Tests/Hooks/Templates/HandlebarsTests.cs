using System.Globalization;
using HandlebarsDotNet;
using WgFleet.Hooks.Templates;

namespace WgFleet.Tests.Hooks.Templates;

/// <summary>Our own language of templates renders as Handlebars.Net did, which it replaced: users' templates must not notice.</summary>
public class HandlebarsTests
{
    private static readonly string[] Parts =
    [
        "{{domain}}", "{{settings.ttl}}", "{{lookup settings \"ttl\"}}", " {{~domain~}} ", "text", "\n", "  ", "\r\n", "{{! gone }}", "{{!-- {{gone}} --}}", "{{{markup}}}", "{{&markup}}",
        "{{#if nothing}}", "{{#if domain}}", "{{#unless nothing}}", "{{else}}", "{{#each clients}}", "{{#each settings}}", "{{#with settings}}", "{{/if}}", "{{/unless}}", "{{/each}}", "{{/with}}",
    ];

    private static readonly Dictionary<string, object?> Model = new()
    {
        ["domain"] = "example.test",
        ["nothing"] = null,
        ["empty"] = "",
        ["zero"] = 0,
        ["port"] = 51820,
        ["yes"] = true,
        ["no"] = false,
        ["markup"] = "<a href=\"x\">&'",
        ["settings"] = new Dictionary<string, string> { ["ttl"] = "60", ["a-b"] = "dash" },
        ["none"] = new List<Dictionary<string, object?>>(),
        ["clients"] = new List<Dictionary<string, object?>>
        {
            new() { ["hostname"] = "one", ["domain"] = "inner", ["tags"] = new List<Dictionary<string, object?>> { new() { ["name"] = "x" }, new() { ["name"] = "y" } } },
            new() { ["hostname"] = null, ["domain"] = "other", ["tags"] = new List<Dictionary<string, object?>>() },
        },
    };

    [Theory]
    [InlineData("{{yes}} {{no}} {{port}} {{zero}} {{empty}}|{{nothing}}|")]
    [InlineData("{{this.domain}} {{./domain}} {{@root.domain}} {{@root.settings.ttl}} {{settings/ttl}} {{settings.[a-b]}} {{settings.a-b}}")]
    [InlineData("{{#each clients}}{{@index}}{{@first}}{{@last}}{{hostname}}{{this.hostname}}{{../domain}};{{/each}}")]
    [InlineData("{{#each clients as |client place|}}{{place}}{{client.hostname}}{{domain}};{{/each}}")]
    [InlineData("{{#each clients}}{{#each tags}}{{name}}{{../hostname}}{{../../domain}}{{@index}}{{@../index}},{{else}}none{{/each}};{{/each}}")]
    [InlineData("{{#each clients}}{{#if hostname}}{{../domain}}{{hostname}}{{else}}{{../domain}}-{{/if}};{{/each}}")]
    [InlineData("{{#each settings}}{{@key}}={{this}}{{#unless @last}},{{/unless}}{{/each}}")]
    [InlineData("{{#each none}}x{{else}}none{{/each}}{{#if none}}x{{else}}none{{/if}}{{#if zero}}x{{else}}zero{{/if}}{{#if empty}}x{{else}}empty{{/if}}")]
    [InlineData("{{#with settings}}{{ttl}} {{../domain}}{{else}}x{{/with}} {{#with nothing}}x{{else}}nothing{{/with}}")]
    [InlineData("{{#clients}}{{hostname}};{{/clients}}{{#none}}x{{/none}}{{^none}}none{{/none}}{{#yes}}yes{{/yes}}{{#no}}x{{/no}}")]
    [InlineData("{{#if yes}}a{{else if domain}}b{{else}}c{{/if}}{{#if no}}a{{else if domain}}b{{else}}c{{/if}}{{#if no}}a{{else if nothing}}b{{else}}c{{/if}}")]
    [InlineData("{{clients.[0].hostname}}")]
    [InlineData("{{#*inline \"row\"}}{{hostname}}+{{/inline}}{{#each clients}}{{> row}}{{/each}}{{> row clients.[0]}}")]
    [InlineData("{{#*inline \"row\"}}{{prefix}}{{domain}}{{/inline}}{{> row prefix=\"a\"}}")]
    [InlineData("{{lookup settings \"ttl\"}}{{#if (lookup settings \"mx\")}}x{{else}}no mx{{/if}}{{#if (lookup settings 'ttl')}}ttl{{/if}}")]
    [InlineData("a\n  {{#each clients}}  \n  {{hostname}}\n  {{/each}}\nb\n{{#if yes}}\n\nc\n{{/if}}")]
    [InlineData("a\n{{#if yes}}\nb{{/if}}\nc {{#if yes}}\nd\n{{/if}}\n")]
    [InlineData("a  {{~domain~}}  b\n\n{{~#if yes~}}\n c \n{{~/if~}}\n d")]
    [InlineData("{{#each clients}}\r\n{{domain}}\r\n{{/each}}\r\n")]
    [InlineData("{{! one }}\n  {{!-- two }} --}}\nx {{! three }}\n")]
    [InlineData("{{#each clients}}\n{{#if hostname}}\n{{hostname}}\n{{/if}}\n{{/each}}\n")]
    [InlineData("\\{{domain}} {{domain}}")]
    [InlineData("{{csv \"a,b\"}} {{csv port}}")]
    public void A_template_renders_as_with_the_Handlebars_library(string template) => Ours(template).ShouldBe(Theirs(template));

    [Fact]
    public void Random_templates_render_as_with_the_Handlebars_library()
    {
        var random = new Random(1);
        var rendered = 0;
        for (var i = 0; i < 3000; i++)
        {
            var template = string.Concat(Enumerable.Range(0, random.Next(1, 10)).Select(_ => Parts[random.Next(Parts.Length)]));
            if (Theirs(template) is not { } text)
                continue;

            rendered++;
            Ours(template).ShouldBe(text, template.Replace("\r", "\\r").Replace("\n", "\\n"));
        }

        rendered.ShouldBeGreaterThan(300);
    }

    private static string Ours(string template)
    {
        try
        {
            return new Template("t", template).Render(Model);
        }
        catch (TemplateException)
        {
            return "(an error)";
        }
    }

    private static string? Theirs(string template)
    {
        var handlebars = Handlebars.Create(new HandlebarsConfiguration { NoEscape = true, ThrowOnUnresolvedBindingExpression = true });
        handlebars.RegisterHelper("csv", (output, _, arguments) =>
        {
            var field = Convert.ToString(arguments[0], CultureInfo.InvariantCulture)!;
            output.WriteSafeString(field.AsSpan().ContainsAny("\",\r\n") ? $"\"{field}\"" : field);
        });
        try
        {
            return handlebars.Compile(template)(Model);
        }
        catch (Exception)
        {
            return null;
        }
    }
}
