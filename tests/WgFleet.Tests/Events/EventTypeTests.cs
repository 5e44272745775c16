using System.Net;
using WgFleet.Events;
using WgFleet.Hooks;

namespace WgFleet.Tests.Events;

/// <summary>Each type of event has an entry in the table of event types, and each entry does what it says.</summary>
public class EventTypeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 9, 30, 0, TimeSpan.Zero);

    private static readonly EventSample Sample = new(
        new Client("alpha", IPAddress.Parse("fd00::5"), "web", "web.alpha.example.test", Convert.ToBase64String(new byte[32]), "192.0.2.7", Now.AddDays(-1))
        {
            Tags = new Dictionary<string, string> { ["site"] = "north" },
            Facts = new Dictionary<string, string> { ["image"] = "2026.11.27", ["board_model"] = "a \"board\"" },
        },
        "1.2.3");

    public static TheoryData<string> Types => [.. EventTypes.All];

    [Fact]
    public void Every_class_of_event_has_an_entry() => EventTypes.All.Select(name => EventTypes.Find(name)!.Record).Distinct().ShouldBe(
        typeof(FleetEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(FleetEvent))), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Types))]
    public void A_made_up_event_is_of_its_type(string name)
    {
        var e = MadeUp(name);

        e.Type.ShouldBe(name);
        EventTypes.Of(e).ShouldBeSameAs(EventTypes.Find(name));
        e.Client.ShouldBeOneOf(null, Sample.Client);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void An_event_is_read_back_as_it_was_stored(string name)
    {
        var e = MadeUp(name);

        EventJson.FromRow(EventJson.ToRow(e)).ShouldBe(e);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void An_event_has_a_sentence_for_people(string name)
    {
        var sentence = EventTypes.Find(name)!.Tell(MadeUp(name));

        sentence.ShouldContain(" ");
        sentence.ShouldNotContain(name);
    }

    [Fact]
    public void An_event_that_is_recorded_for_those_who_ask_is_told_to_nobody_else() =>
        EventTypes.All.Select(EventTypes.Find).Where(t => t!.OnlyWhileAskedFor && !t.OnlyByName).ShouldBeEmpty();

    [Fact]
    public void An_event_of_no_type_in_the_table_cannot_be_stored() =>
        Should.Throw<ArgumentException>(() => EventJson.ToRow(new UnknownEvent("client.moved", null, null, "") { Stamp = new("evt_1", 1, Now) }))
            .Message.ShouldStartWith("no such event: client.moved");

    private static FleetEvent MadeUp(string name) => EventTypes.Find(name)!.MakeUp(Sample, EventStamp.New(7, Now));
}
