using System.Text.RegularExpressions;
using WgFleet.Config;
using WgFleet.Hooks.Projections.Templates;

namespace WgFleet.Tests.Hooks.Projections.Templates;

/// <summary>What docs/templates.md says is true.</summary>
public sealed partial class TemplateDocsTests : IDisposable
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Root(), "docs", "templates.md"));

    private readonly Folder _folder = new();

    public static TheoryData<string> Configurations => [.. Blocks("yaml")];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Every_configuration_on_the_page_is_valid(string block) =>
        Yaml.Valid(Yaml.Minimal + block).Hooks.List.ShouldAllBe(h => h.Kind is TemplateConfig);

    [Fact]
    public async Task The_template_on_the_page_renders_the_file_on_the_page()
    {
        File.WriteAllText(_folder.File("switchboard.hbs"), Blocks("handlebars").ShouldHaveSingleItem());
        var entry = Yaml.Valid(Yaml.Minimal + Blocks("yaml")[0]).Hooks.List.ShouldHaveSingleItem();
        var output = _folder.File("machines");
        var names = new Projected(entry with
        {
            Kind = entry.Kind.ShouldBeOfType<TemplateConfig>() with { File = _folder.File("switchboard.hbs"), Path = output, AfterWrite = null },
        });
        names.Add("alpha", 1, "a1");
        names.Add("alpha", 2, null);
        names.Add("alpha", 3, "a3");

        await names.RunAsync();

        File.ReadAllText(output).ShouldBe(Blocks("text").ShouldHaveSingleItem());
        File.GetUnixFileMode(output).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
    }

    [Fact]
    public void The_page_lists_exactly_the_names_of_the_model()
    {
        var names = new Projected("csv", "/x");
        names.Add("alpha", 1, "a1");
        var top = new TemplateModel(names.State, new HookConfig { Name = "x" }).OfAll();
        var fleet = ((IEnumerable<Dictionary<string, object?>>)top["fleets"]!).First();
        var client = ((IEnumerable<Dictionary<string, object?>>)top["clients"]!).First();

        var section = Page[Page.IndexOf("## What a template sees", StringComparison.Ordinal)..Page.IndexOf("## The language", StringComparison.Ordinal)];
        Row().Matches(section).Select(m => m.Groups[1].Value).ShouldBe([.. top.Keys, .. fleet.Keys, .. client.Keys]);
    }

    [Fact]
    public void The_page_lists_the_shipped_templates()
    {
        var section = Page[Page.IndexOf("## Shipped templates", StringComparison.Ordinal)..Page.IndexOf("### dnsmasq", StringComparison.Ordinal)];

        Row().Matches(section).Select(m => m.Groups[1].Value).ShouldBe(TemplateConfig.Shipped);
    }

    [Fact]
    public async Task The_error_message_on_the_page_is_what_is_logged()
    {
        File.WriteAllText(_folder.File("switchboard.hbs"), "a\nb\n{{#each clients}}{{adress}}{{/each}}");
        var names = new Projected(_folder.File("switchboard.hbs"), _folder.File("machines"));
        names.Add("alpha", 1, "a1");

        Page.ShouldContain($"`{(await names.FailAsync()).Replace(_folder.Path, "/etc/wg-fleet")}`");
    }

    private static List<string> Blocks(string language) =>
        [.. Fence().Matches(Page).Where(m => m.Groups[1].Value == language).Select(m => m.Groups[2].Value)];

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "WgFleet.slnx")))
            folder = Path.GetDirectoryName(folder)!;

        return folder;
    }

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("^\\| `([a-z0-9_-]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
