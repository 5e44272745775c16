using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Queries.Troubles;

namespace WgFleet.Tests.Fleets.Naming;

/// <summary>hostnames: refuse. A name that another client has is an error.</summary>
public class RefusedNamesTests
{
    [Fact]
    public async Task A_taken_name_is_refused_with_its_holder_and_the_client_keeps_what_it_has()
    {
        await using var test = await NamingTest.StartAsync(TestEngine.Sqlite, HostnamePolicy.Refuse);
        var first = await test.BootAsync("d14");
        var second = await test.BootAsync("d15");
        var batches = test.Batches;

        var naming = await test.PingAsync(second, "d14");

        (naming.IsRefused, naming.Holder!.Id, naming.Hostname).ShouldBe((true, first.Id, "d15"));
        test.NameOf(second).ShouldBe("d15");
        test.Batches.ShouldBe(batches);
        (await test.PingAsync(second, "d16")).Hostname.ShouldBe("d16");
    }

    [Fact]
    public async Task A_silent_holder_keeps_its_name_until_it_is_removed()
    {
        await using var test = await NamingTest.StartAsync(TestEngine.Sqlite, HostnamePolicy.Refuse);
        var first = await test.BootAsync("d14");
        await test.PassAsync(TimeSpan.FromHours(1));
        var second = await test.BootAsync("d14");
        test.NameOf(second).ShouldBeNull();

        await test.RemoveAsync(first);

        (await test.PingAsync(second, "d14")).Hostname.ShouldBe("d14");
    }

    [Fact]
    public async Task The_log_says_it_once_and_what_is_wrong_now_says_it_for_as_long_as_it_lasts()
    {
        await using var test = await NamingTest.StartAsync(TestEngine.Sqlite, HostnamePolicy.Refuse);
        var first = await test.BootAsync("d14");
        var second = await test.BootAsync("d14");
        await test.LiveAsync(TimeSpan.FromMinutes(5), (first, "d14"), (second, "d14"));

        test.Log.At(LogLevel.Warning).Where(l => l.StartsWith("Hostname refused", StringComparison.Ordinal))
            .ShouldBe([$"Hostname refused: fleet=alpha, ip={second.Address}, hostname=d14, which {first.Address} has"]);
        var trouble = NameTroubles.Of(test.Registry.Current, test.Time.GetUtcNow()).ShouldHaveSingleItem();
        (trouble.Sentence, trouble.Command).ShouldBe(($"1 client of alpha asks for a name that another one has: {second.Address} for d14", "wg-fleet clients show d14.alpha"));

        await test.PingAsync(second, "d15");
        NameTroubles.Of(test.Registry.Current, test.Time.GetUtcNow()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_machine_that_has_stopped_asking_is_no_trouble_after_ten_minutes()
    {
        await using var test = await NamingTest.StartAsync(TestEngine.Sqlite, HostnamePolicy.Refuse);
        await test.BootAsync("d14");
        await test.BootAsync("d14");

        await test.PassAsync(TimeSpan.FromMinutes(11));

        NameTroubles.Of(test.Registry.Current, test.Time.GetUtcNow()).ShouldBeEmpty();
    }
}
