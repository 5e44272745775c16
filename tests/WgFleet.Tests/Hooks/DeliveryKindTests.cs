using System.Runtime.CompilerServices;
using WgFleet.Config;
using WgFleet.Config.Reading;
using WgFleet.Hooks.Discovery;

namespace WgFleet.Tests.Hooks;

/// <summary>Each kind of hook that has settings of its own stands in the tables that read and run it.</summary>
public class DeliveryKindTests
{
    private static readonly IReadOnlyList<HookKindConfig> Kinds =
    [
        .. typeof(HookKindConfig).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(HookKindConfig)) && !t.IsAbstract)
            .Select(t => (HookKindConfig)RuntimeHelpers.GetUninitializedObject(t)),
    ];

    [Fact]
    public void Every_kind_of_hook_has_a_reader_of_its_key() => KindReader.All.Select(r => r.Key).ShouldBe(Kinds.Select(k => k.Key), ignoreOrder: true);

    [Fact]
    public void Every_kind_of_delivery_has_something_that_delivers()
    {
        var deliveries = Kinds.OfType<DeliveryConfig>().ToList();

        deliveries.Count.ShouldBeGreaterThan(1);
        deliveries.ShouldAllBe(settings => DeliveryKinds.Of(settings).DefaultAttempts > 1);
    }

    [Fact]
    public void Every_kind_of_hook_is_known_by_its_key_to_an_entry_of_the_configuration() =>
        ConfigKeys.Hook.Intersect(Kinds.Select(k => k.Key)).Count().ShouldBe(Kinds.Count);

    [Fact]
    public void An_endpoint_that_is_never_connected_to_does_not_run_and_says_why()
    {
        var entry = new HookConfig { Name = "metadata", Kind = new WebhookConfig { Url = new Uri("http://169.254.169.254/latest") } };

        var hook = HookDefinitions.Of(entry).ShouldNotBeNull();

        hook.KindName.ShouldBe("webhook");
        hook.Inactive.ShouldNotBeNull().ShouldEndWith("so nothing would connect to it");
    }
}
