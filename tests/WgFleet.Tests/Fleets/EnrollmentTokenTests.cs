using Microsoft.Extensions.Logging;
using WgFleet.Access;
using WgFleet.Events;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Tests.Fleets;

/// <summary>What the writer makes of tokens that let machines in.</summary>
public class EnrollmentTokenTests
{
    [Fact]
    public async Task Three_of_fifty_simultaneous_registrations_use_up_a_token_with_three_uses()
    {
        await using var test = await TestRegistry.StartAsync();
        var token = Token(test, new("lab") { MaxUses = 3 });

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => OutcomeAsync(Register(test, Some.Key(), token)))));

        outcomes.Count(o => o == "in").ShouldBe(3);
        outcomes.Count(o => o == "The token is used up").ShouldBe(47);
        Uses(test).ShouldBe(["3"]);
        token.Row.Uses.ShouldBe(3);
        test.Alpha.Count.ShouldBe(3);
        test.ShouldAgree();
    }

    [Fact]
    public async Task Registering_the_same_key_again_takes_no_second_use()
    {
        await using var test = await TestRegistry.StartAsync();
        var token = Token(test, new("one") { MaxUses = 1, Lifetime = TimeSpan.FromHours(1) });
        var key = Some.Key();

        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Register(test, key, token))));
        await test.PassAsync(TimeSpan.FromHours(2));
        var later = await Register(test, key, token);

        clients.Append(later).Distinct().ShouldHaveSingleItem();
        Uses(test).ShouldBe(["1"]);
        (await OutcomeAsync(Register(test, Some.Key(), token))).ShouldBe("The token has expired");
    }

    [Fact]
    public async Task A_registration_that_WireGuard_refuses_gives_its_use_back()
    {
        await using var test = await TestRegistry.StartAsync();
        var token = Token(test, new("one") { MaxUses = 1 });
        test.WireGuard.Refuse("wg_alpha");

        await Register(test, Some.Key(), token).ShouldThrowAsync<TunnelException>();

        Uses(test).ShouldBe(["0"]);
        test.WireGuard.Heal("wg_alpha");
        test.Time.Advance(TimeSpan.FromSeconds(6));
        await Register(test, Some.Key(), token);
        Uses(test).ShouldBe(["1"]);
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_registration_that_could_not_be_stored_or_found_the_fleet_full_takes_no_use()
    {
        await using var test = await TestRegistry.StartAsync(c => c with { Fleets = [Some.Fleet("alpha", "fd00:a::/126")] });
        var token = Token(test, new("one") { MaxUses = 3 });
        Some.Execute(test.Config.Database, "CREATE TRIGGER trouble BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'not today'); END");
        await Register(test, Some.Key(), token).ShouldThrowAsync<Exception>();
        Some.Execute(test.Config.Database, "DROP TRIGGER trouble");
        Uses(test).ShouldBe(["0"]);

        await Register(test, Some.Key(), token);
        await Register(test, Some.Key(), token);
        (await OutcomeAsync(Register(test, Some.Key(), token))).ShouldBe("Fleet is full");

        Uses(test).ShouldBe(["2"]);
        token.Row.Uses.ShouldBe(2);
    }

    [Fact]
    public async Task Uses_are_still_counted_after_a_restart()
    {
        await using var test = await TestRegistry.StartAsync();
        Token(test, new("two") { MaxUses = 2 });
        var (_, secret) = Book(test).CreateEnrollment(new("more") { MaxUses = 2 }, "a test");
        await Register(test, Some.Key(), Book(test).Enrollment(secret.Reveal()).ShouldNotBeNull());

        await test.RestartAsync();

        var token = Book(test).Enrollment(secret.Reveal()).ShouldNotBeNull();
        await Register(test, Some.Key(), token);
        (await OutcomeAsync(Register(test, Some.Key(), token))).ShouldBe("The token is used up");
        Uses(test).ShouldBe(["0", "2"]);
    }

    [Fact]
    public async Task A_token_revoked_while_a_registration_waits_is_refused()
    {
        await using var test = await TestRegistry.StartAsync();
        var book = Book(test);
        var (row, secret) = book.CreateEnrollment(new("lab"), "a test");
        var token = book.Enrollment(secret.Reveal()).ShouldNotBeNull();

        book.Revoke(TokenRow.Enrollment, row.Name, "a test", mayOpen: true);

        (await OutcomeAsync(Register(test, Some.Key(), token))).ShouldBe("The token is revoked");
        test.Alpha.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Tags_and_prune_timeout_of_a_token_survive_a_restart_and_are_in_the_events()
    {
        await using var test = await TestRegistry.StartAsync();
        var token = Token(test, new("lab") { PruneTimeout = TimeSpan.FromHours(2), Tags = new Dictionary<string, string> { ["room"] = "e14", ["rack"] = "3" } });
        var plain = await test.JoinAsync();
        var tagged = await Register(test, Some.Key(), token);
        var other = await Register(test, Some.Key(), token);

        var told = test.Events[^1].Client.ShouldNotBeNull();
        told.Tags.ShouldBe(new Dictionary<string, string> { ["rack"] = "3", ["room"] = "e14" });
        EventJson.FromRow(EventJson.ToRow(test.Events[^1])).Client.ShouldBe(told);
        EventJson.ToRow(test.Events[^1]).Data.ShouldEndWith("\"tags\":{\"rack\":\"3\",\"room\":\"e14\"}}}");
        EventJson.ToRow(test.Events[0]).Data.ShouldNotContain("tags");

        await test.RestartAsync();

        var (first, second) = (test.Alpha.ById[tagged.Id], test.Alpha.ById[other.Id]);
        first.Tags.ShouldBe(tagged.Tags);
        first.Tags.ShouldBeSameAs(second.Tags);
        first.PruneTimeout.ShouldBe(TimeSpan.FromHours(2));
        test.Alpha.ById[plain.Id].PruneTimeout.ShouldBeNull();
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_clients_own_prune_timeout_overrides_the_configuration()
    {
        await using var test = await TestRegistry.StartAsync();
        var patient = await Register(test, Some.Key(), Token(test, new("patient") { PruneTimeout = TimeSpan.FromHours(2) }));
        var hasty = await Register(test, Some.Key(), Token(test, new("hasty") { PruneTimeout = TimeSpan.FromMinutes(5) }));
        var plain = await test.JoinAsync();

        await PassAsync(TimeSpan.FromMinutes(6));
        test.Alpha.ById.Keys.ShouldBe([patient.Id, plain.Id]);
        await PassAsync(TimeSpan.FromMinutes(25));
        test.Alpha.ById.Keys.ShouldBe([patient.Id]);
        await PassAsync(TimeSpan.FromMinutes(90));
        test.Alpha.ById.ShouldBeEmpty();

        async Task PassAsync(TimeSpan time)
        {
            await test.PassAsync(time);
            await test.Pruner.PruneAsync(TestRegistry.Ct);
        }
    }

    [Fact]
    public async Task Token_names_are_unique_among_both_kinds()
    {
        await using var test = await TestRegistry.StartAsync();
        var book = Book(test);
        book.CreateAdmin("ops", TokenRow.Read, null, "a test");
        book.CreateEnrollment(new("lab"), "a test");

        Should.Throw<RefusedException>(() => book.CreateEnrollment(new("ops"), "a test")).Kind.ShouldBe(Refusal.Conflict);
        Should.Throw<RefusedException>(() => book.CreateAdmin("lab", TokenRow.Read, null, "a test")).Kind.ShouldBe(Refusal.Conflict);
        book.Revoke(null, "lab", "a test", mayOpen: false);
        book.CreateEnrollment(new("lab"), "a test");
        Book(test).All.Select(t => t.Name).ShouldBe(["ops", "lab", "lab"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("", "x")]
    [InlineData("room", "")]
    [InlineData("room", "a b")]
    [InlineData("room", "<b>")]
    [InlineData("room", "a,b=c")]
    [InlineData("room", "a\n")]
    [InlineData("Room", "a")]
    [InlineData("1room", "a")]
    [InlineData("room\n", "a")]
    [InlineData("r\u00e4ume", "a")]
    public async Task A_tag_has_only_plain_characters(string key, string value)
    {
        await using var test = await TestRegistry.StartAsync();

        Should.Throw<RefusedException>(() => Token(test, new("lab") { Tags = new Dictionary<string, string> { [key] = value } })).Kind.ShouldBe(Refusal.Invalid);
    }

    [Fact]
    public async Task Invalid_limits_of_a_token_are_refused()
    {
        await using var test = await TestRegistry.StartAsync();

        foreach (var terms in new EnrollmentTerms[]
        {
            new("<b>"), new("lab") { MaxUses = 0 }, new("lab") { PruneTimeout = TimeSpan.FromSeconds(59) }, new("lab") { PruneTimeout = TimeSpan.FromDays(3651) },
            new("lab") { Tags = Enumerable.Range(0, 17).ToDictionary(i => $"t{i}", i => "x") },
        })
            Should.Throw<RefusedException>(() => Token(test, terms)).Kind.ShouldBe(Refusal.Invalid, terms.ToString());
    }

    private static TokenRegistry Book(TestRegistry test) => new(new TokenStore(test.Database), test.Registry.RecordAsync, test.Time, new Logger<TokenRegistry>(test.Log));

    private static EnrollmentToken Token(TestRegistry test, EnrollmentTerms terms)
    {
        var book = Book(test);
        return book.Enrollment(book.CreateEnrollment(terms, "a test").Secret.Reveal()).ShouldNotBeNull();
    }

    private static Task<RegisteredClient> Register(TestRegistry test, WireGuardKey key, EnrollmentToken token) =>
        test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true, token);

    private static async Task<string> OutcomeAsync(Task<RegisteredClient> registration)
    {
        try
        {
            await registration;
            return "in";
        }
        catch (RefusedException e)
        {
            return e.Message;
        }
    }

    private static IReadOnlyList<string> Uses(TestRegistry test) => Some.Rows(test.Config.Database, "SELECT uses FROM tokens ORDER BY uses");
}
