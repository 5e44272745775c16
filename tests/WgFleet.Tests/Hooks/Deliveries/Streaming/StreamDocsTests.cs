using System.Text.RegularExpressions;
using WgFleet.Config;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Programs;
using WgFleet.Tests.Hooks.Programs;

namespace WgFleet.Tests.Hooks.Deliveries.Streaming;

/// <summary>Runs the programs that docs/stream.md shows, as a reader would.</summary>
public sealed partial class StreamDocsTests : IAsyncDisposable
{
    private static readonly string Text = File.ReadAllText(Path.Combine(DocsTests.Root(), "docs", "stream.md"));

    private readonly StreamStage _stage = new();

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Theory]
    [InlineData("sh")]
    [InlineData("python")]
    [InlineData("js")]
    [InlineData("go")]
    public async Task The_programs_of_the_page_tell_who_has_joined_and_answer_every_event(string language)
    {
        var program = language == "go" ? Built(Block(language)) : _stage.Folder.Write("announce", Block(language));
        var delivery = _stage.Deliver(new StreamConfig { Command = program, User = ExecFolder.User });
        var world = new World();

        (await SaidAsync(world.Startup())).ShouldBe("");
        (await SaidAsync(world.Add().Events[0])).ShouldBe("fd00:1::1 has joined\n");
        (await SaidAsync(world.Rename("crane").Events[0])).ShouldBe("");
        (await SaidAsync(world.Remove().Events[0])).ShouldBe("");
        (await SaidAsync(world.Add().Events[0])).ShouldBe("fd00:1::2 has joined\n");
        delivery.Program!.Starts.ShouldBe(1);
        delivery.Program.Nonsense.ShouldBe(0);

        async Task<string> SaidAsync(WgFleet.Hooks.FleetEvent e)
        {
            var outcome = await StreamStage.GiveAsync(delivery, e);
            outcome.Verdict.ShouldBe(DeliveryVerdict.Delivered, outcome.Error);
            return outcome.Response;
        }
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("python")]
    [InlineData("js")]
    [InlineData("go")]
    public void The_programs_of_the_page_take_about_ten_lines(string language) =>
        Block(language).Split('\n').Count(l => l.Any(char.IsLetter) && !l.StartsWith("import ", StringComparison.Ordinal)).ShouldBeInRange(1, 10);

    [Fact]
    public void The_hello_of_the_page_is_the_one_that_is_sent()
    {
        var sent = System.Text.Encoding.UTF8.GetString(StreamLines.WriteHello("announce", "events", 1, new Dictionary<string, string>()).Span);

        Text.ShouldContain(sent);
    }

    [Fact]
    public void The_configuration_of_the_page_is_accepted() =>
        Yaml.Valid(Yaml.Minimal + Block("yaml")).Hooks.List.ShouldHaveSingleItem().Kind.ShouldBe(new StreamConfig { Command = "/etc/wg-fleet/announce" });

    /// <summary>The program that Debian's Go compiler makes of this source.</summary>
    private string Built(string source)
    {
        _stage.Folder.Write("announce.go", source, "0644");
        ExecFolder.Command("sh", "-c", $"cd '{_stage.Folder.Path}' && test -z \"$(gofmt -l announce.go)\" && GOCACHE=$PWD/.cache go build announce.go");
        return _stage.Folder.File("announce");
    }

    private static string Block(string language) => Blocks().Matches(Text).First(m => m.Groups[1].Value == language).Groups[2].Value;

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
