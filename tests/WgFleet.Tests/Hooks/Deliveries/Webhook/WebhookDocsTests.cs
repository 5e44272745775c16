using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Hooks.Admin;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Webhook;
using WgFleet.Hooks.Discovery;
using static WgFleet.Tests.Hooks.Deliveries.Webhook.WebhookSending;

namespace WgFleet.Tests.Hooks.Deliveries.Webhook;

/// <summary>What docs/webhooks.md says of bodies by template is true.</summary>
public partial class WebhookDocsTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "../../../../docs/webhooks.md"));

    private static DateTimeOffset Noon => new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    private static Client Web => new("alpha", System.Net.IPAddress.Parse("fd00:a0a8:34d:a0::5"), "web", "web.alpha.fleet.example.com", Convert.ToBase64String(new byte[32]), "192.0.2.1", Noon)
    {
        Facts = new Dictionary<string, string> { ["image"] = "2026-11-28" },
    };

    public static TheoryData<string> Examples => [.. YamlBlock().Matches(Page).Select(m => m.Groups[1].Value).Where(block => block.Contains("body:", StringComparison.Ordinal))];

    [Fact]
    public void Each_shipped_body_has_an_example() =>
        Examples.Select(e => Hook(e.Data).Body).Intersect(WebhookConfig.Bodies).ShouldBe(WebhookConfig.Bodies);

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Examples))]
    public async Task An_example_passes_the_check_and_is_sent_for_each_of_its_events(string example)
    {
        var config = Yaml.Valid(Yaml.Minimal + example);
        var entry = config.Hooks.List.ShouldHaveSingleItem();
        var (errors, warnings) = HookCheck.Of(config with { Hooks = config.Hooks with { List = [entry with { Kind = Hook(example) with { Headers = [] } }] } }, HookDiscovery.Of(config));
        errors.ShouldBeEmpty();
        warnings.ShouldBeEmpty();
        await using var receiver = await WebhookReceiver.StartAsync();
        using var delivery = new WebhookDelivery(Hook(example) with { Url = receiver.Url, Headers = [] }, TimeProvider.System, settings: entry.Settings);

        foreach (var type in HookDefinitions.Of(entry)!.Events)
        {
            var e = EventTypes.Find(type)!.MakeUp(new EventSample(Web, "1.2.3"), EventStamp.New(1, Noon));
            (await delivery.DeliverAsync(new DeliveryAttempt(e, EventEnvelope.Write(e, "fleet.example.com"), 1), Ct)).Verdict.ShouldBe(DeliveryVerdict.Delivered);
        }

        receiver.Requests.Count.ShouldBe(entry.Events!.Count);
        receiver.Requests.ShouldAllBe(r => r.Headers["content-type"] == "application/json" && IsJson(r.Body));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_body_on_the_page_is_the_one_that_the_template_on_the_page_makes()
    {
        var entry = Yaml.Valid(Yaml.Minimal + Examples.First().Data).Hooks.List.ShouldHaveSingleItem();
        await using var receiver = await WebhookReceiver.StartAsync();
        using var delivery = new WebhookDelivery(Hook(Examples.First().Data) with { Url = receiver.Url }, TimeProvider.System, settings: entry.Settings);
        var changed = new ClientImageChanged(Web, "2026-11-01") { Stamp = EventStamp.New(1, Noon) };

        await delivery.DeliverAsync(new DeliveryAttempt(changed, EventEnvelope.Write(changed, "fleet.example.com"), 1), Ct);

        Page.ShouldContain($"\n    {Encoding.UTF8.GetString(receiver.Requests.Single().Body)}");
    }

    [Fact]
    public void The_page_lists_the_names_that_a_body_sees_beside_those_of_the_event()
    {
        var e = new ClientOnline(Web) { Stamp = EventStamp.New(1, Noon) };
        var envelope = EventEnvelope.Write(e, "x");
        using var json = JsonDocument.Parse(envelope);
        var own = EventModel.Of(e, envelope, new Dictionary<string, string>()).Keys.Except(json.RootElement.EnumerateObject().Select(m => m.Name)).Except(["replayed"]);

        var section = Page[Page.IndexOf("## Bodies by template", StringComparison.Ordinal)..Page.IndexOf("### Slack", StringComparison.Ordinal)];
        Row().Matches(section).Select(m => m.Groups[1].Value).ShouldBe(own, ignoreOrder: true);
    }

    private static WebhookConfig Hook(string example) => Yaml.Valid(Yaml.Minimal + example).Hooks.List.ShouldHaveSingleItem().Kind.ShouldBeOfType<WebhookConfig>();

    private static bool IsJson(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
    }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();

    [GeneratedRegex(@"^\| `([a-z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
