using WgFleet.Fleets.Naming;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;

namespace WgFleet.Tests.Fleets.Naming;

public class NameTests
{
    [Fact]
    public async Task A_taken_name_gets_the_first_free_number_from_2()
    {
        await using var test = await TestRegistry.StartAsync();
        var clients = new List<RegisteredClient>();
        var names = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            clients.Add(await test.JoinAsync());
            names.Add(await test.NameAsync(clients[i], "web"));
        }

        names.ShouldBe(["web", "web--2", "web--3", "web--4"]);

        await test.RemoveAsync(clients[2], clients[1]);
        var next = await test.JoinAsync();
        (await test.NameAsync(next, "web")).ShouldBe("web--2");
        (await test.NameAsync(await test.JoinAsync(), "web")).ShouldBe("web--3");
        (await test.NameAsync(await test.JoinAsync(), "web")).ShouldBe("web--5");

        await test.RemoveAsync(clients[0]);
        (await test.NameAsync(await test.JoinAsync(), "web")).ShouldBe("web");
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_client_keeps_its_numbered_name_without_a_write_and_gets_the_plain_name_when_that_is_free()
    {
        await using var test = await TestRegistry.StartAsync();
        var first = await test.JoinAsync("alpha", "web");
        var second = await test.JoinAsync("alpha", "web");
        var (told, batches) = (test.Events.Count, test.Batches);

        for (var i = 0; i < 3; i++)
            (await test.NameAsync(second, "web")).ShouldBe("web--2");

        (test.Events.Count, test.Batches).ShouldBe((told, batches));

        await test.RemoveAsync(first);
        (await test.NameAsync(second, "web")).ShouldBe("web");
        var event_ = test.Events[^1].ShouldBeOfType<ClientHostnameChanged>();
        (event_.Previous, event_.Client.Hostname, event_.Client.Fqdn).ShouldBe(("web--2", "web", "web.alpha.example.test"));
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_name_with_a_number_may_be_asked_for_literally()
    {
        await using var test = await TestRegistry.StartAsync();
        var literal = await test.JoinAsync();
        (await test.NameAsync(literal, "web--2")).ShouldBe("web--2");
        (await test.NameAsync(await test.JoinAsync(), "web")).ShouldBe("web");
        (await test.NameAsync(await test.JoinAsync(), "web")).ShouldBe("web--3");
        (await test.NameAsync(await test.JoinAsync(), "web--2")).ShouldBe("web--2--2");

        await test.RemoveAsync(literal);
        (await test.NameAsync(await test.JoinAsync(), "web")).ShouldBe("web--2");
        test.ShouldAgree();
    }

    [Theory]
    [InlineData("-")]
    [InlineData("--")]
    [InlineData("--2")]
    [InlineData("a-")]
    [InlineData("a--")]
    [InlineData("a--02")]
    [InlineData("a--2147483647")]
    [InlineData("0")]
    [InlineData("--2--2")]
    public async Task Unusual_names_are_numbered_released_and_given_again(string asked)
    {
        await using var test = await TestRegistry.StartAsync();
        var first = await test.JoinAsync("alpha", asked);
        var second = await test.JoinAsync("alpha", asked);
        var third = await test.JoinAsync("alpha", asked);
        test.Alpha.ById.Values.Select(m => m.Hostname).ShouldBe([asked, $"{asked}--2", $"{asked}--3"]);

        await test.RemoveAsync(second);
        (await test.NameAsync(await test.JoinAsync(), asked)).ShouldBe($"{asked}--2");
        (await test.NameAsync(third, asked)).ShouldBe($"{asked}--3");
        await test.RemoveAsync(first);
        (await test.NameAsync(third, asked)).ShouldBe(asked);
        (await test.NameAsync(await test.JoinAsync(), asked)).ShouldBe($"{asked}--3");
        test.ShouldAgree();
    }

    [Fact]
    public async Task Long_names_are_shortened_for_their_number_and_stay_unique()
    {
        await using var test = await TestRegistry.StartAsync();
        var (a, b, stem) = (new string('x', 60) + "aaa", new string('x', 60) + "bbb", new string('x', 60));

        await test.JoinAsync("alpha", a);
        await test.JoinAsync("alpha", b);
        var a2 = await test.JoinAsync("alpha", a);
        var b2 = await test.JoinAsync("alpha", b);
        var a3 = await test.JoinAsync("alpha", a);

        test.Alpha.ById.Values.Select(m => m.Hostname).ShouldBe([a, b, stem + "--2", stem + "--3", stem + "--4"]);
        (await test.NameAsync(b2, b)).ShouldBe(stem + "--3");

        await test.RemoveAsync(a2);
        (await test.NameAsync(await test.JoinAsync(), b)).ShouldBe(stem + "--2");
        for (var i = 5; i <= 11; i++)
            await test.JoinAsync("alpha", a);

        test.Alpha.ByHostname.ShouldContainKey(new string('x', 59) + "--11");
        test.Alpha.ByHostname.Keys.ShouldAllBe(n => n.Length <= 63);
        (await test.NameAsync(a3, a)).ShouldBe(stem + "--4");
        test.ShouldAgree();
    }

    [Theory]
    [InlineData("web", true)]
    [InlineData("0", true)]
    [InlineData("_", true)]
    [InlineData("", false)]
    [InlineData("web\n", false)]
    [InlineData("\nweb", false)]
    [InlineData("Web", false)]
    [InlineData("web.a", false)]
    [InlineData("wéb", false)]
    [InlineData("web ", false)]
    [InlineData("we\0b", false)]
    [InlineData("٣", false)]
    public void A_hostname_is_lower_case_letters_digits_underscore_and_hyphen(string name, bool valid) =>
        Hostnames.IsValid(name).ShouldBe(valid);

    [Fact]
    public void A_hostname_has_at_most_63_characters()
    {
        Hostnames.IsValid(new string('a', 63)).ShouldBeTrue();
        Hostnames.IsValid(new string('a', 64)).ShouldBeFalse();
    }

    [Fact]
    public async Task Clients_of_two_fleets_may_have_the_same_name()
    {
        await using var test = await TestRegistry.StartAsync();

        await test.JoinAsync("alpha", "web");
        await test.JoinAsync("beta", "web");

        test.Alpha.ByHostname.Keys.ShouldBe(["web"]);
        test.Registry.Current.Fleet("beta")!.ByHostname.Keys.ShouldBe(["web"]);
        test.ShouldAgree();
    }

    [Fact]
    public async Task Ten_thousand_clones_get_ten_thousand_names()
    {
        await using var test = await TestRegistry.StartAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 10_000).Select(_ => test.JoinAsync()));

        var names = await Task.WhenAll(clients.Select(m => test.NameAsync(m, "clone")));

        string.Join(" ", names).ShouldBe(string.Join(" ", Enumerable.Range(1, 10_000).Select(i => i == 1 ? "clone" : $"clone--{i}")));
        test.Batches.ShouldBeLessThan(2 * 10_000 / 100);

        // One that leaves costs nobody ten thousand tries again.
        await test.RemoveAsync(clients[4000]);
        (await test.NameAsync(await test.JoinAsync(), "clone")).ShouldBe("clone--4001");
        (await test.NameAsync(await test.JoinAsync(), "clone")).ShouldBe("clone--10001");
        test.ShouldAgree();
    }

    [Fact]
    public async Task Clients_that_swap_names_in_one_batch_get_the_names_that_are_free_at_their_turn()
    {
        await using var test = await TestRegistry.StartAsync();
        var a = await test.JoinAsync("alpha", "a");
        var b = await test.JoinAsync("alpha", "b");
        test.Hold = new FakeWireGuard.Barrier();
        var busy = test.JoinAsync("beta");
        await test.Hold.Reached;

        var renames = new[] { test.NameAsync(a, "c"), test.NameAsync(b, "a"), test.NameAsync(a, "b") };
        var removal = test.RemoveAsync(b);
        var again = test.NameAsync(a, "a");
        test.Hold.Release();

        (await Task.WhenAll(renames)).ShouldBe(["c", "a", "b"]);
        (await removal).ShouldBe(1);
        (await again).ShouldBe("a");
        await busy;
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_removed_client_cannot_get_a_name()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await test.JoinAsync();
        var before = test.Alpha;
        await test.RemoveAsync(client);

        (await test.Registry.NameAsync(before, client, "web").AsTask().ShouldThrowAsync<RefusedException>()).Kind.ShouldBe(Refusal.NotFound);
        test.ShouldAgree();
    }
}
