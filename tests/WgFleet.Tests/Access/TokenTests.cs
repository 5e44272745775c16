using WgFleet.Access;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Engine;

namespace WgFleet.Tests.Access;

public abstract class TokenTests : IDisposable
{
    private readonly TestDatabase _stored;
    private readonly CollectedLog _log = new();
    private readonly ManualTime _time = new();
    private readonly Database _database;
    private readonly TokenRegistry _tokens;

    protected TokenTests(TestEngine engine)
    {
        _stored = new TestDatabase(engine);
        _database = _stored.Open(_log.CreateLogger("store"));
        _tokens = Book();
    }

    [Fact]
    public void A_token_is_accepted_as_its_kind_until_it_expires()
    {
        var text = _tokens.CreateAdmin("ops", TokenRow.Write, TimeSpan.FromHours(1), "root").Secret.Reveal();

        _tokens.Verify(text, TokenRow.Admin).ShouldNotBeNull().Scope.ShouldBe("write");
        _tokens.Verify(text, "enrollment").ShouldBeNull();
        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        _tokens.Verify(text, TokenRow.Admin).ShouldNotBeNull();
        _time.Advance(TimeSpan.FromSeconds(1));
        _tokens.Verify(text, TokenRow.Admin).ShouldBeNull();
    }

    [Fact]
    public void An_expired_token_still_keeps_the_server_closed()
    {
        _tokens.IsClosed.ShouldBeFalse();
        _tokens.CreateAdmin("ops", TokenRow.Read, TimeSpan.FromHours(1), "root");
        _time.Advance(TimeSpan.FromDays(1));
        _tokens.IsClosed.ShouldBeTrue();

        _tokens.Revoke(TokenRow.Admin, "ops", "root", mayOpen: true);
        _tokens.IsClosed.ShouldBeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_token_that_was_made_while_the_clock_was_ahead_lives_no_longer_than_it_should(bool restarts)
    {
        _time.Advance(TimeSpan.FromDays(2));
        var admin = _tokens.CreateAdmin("ops", TokenRow.Read, TimeSpan.FromHours(1), "root").Secret.Reveal();
        var machines = _tokens.CreateEnrollment(new("lab") { Lifetime = TimeSpan.FromHours(1) }, "root").Secret.Reveal();
        _time.Advance(-TimeSpan.FromDays(2));

        var tokens = restarts ? Book() : _tokens;
        tokens.FollowClock();

        _time.Advance(TimeSpan.FromMinutes(59));
        tokens.Verify(admin, TokenRow.Admin).ShouldNotBeNull();
        tokens.Enrollment(machines)!.Refuses("alpha", _time.GetUtcNow(), 0).ShouldBeNull();
        _time.Advance(TimeSpan.FromMinutes(2));
        tokens.Verify(admin, TokenRow.Admin).ShouldBeNull();
        tokens.Enrollment(machines)!.Refuses("alpha", _time.GetUtcNow(), 0).ShouldBe("The token has expired");
        new TokenStore(_database).All().ShouldAllBe(t => t.CreatedAt < _time.GetUtcNow().UtcDateTime);
    }

    [Fact]
    public async Task A_session_that_began_while_the_clock_was_ahead_lives_no_longer_than_it_should()
    {
        var sessions = new SessionStore(_time);
        var ahead = _time.GetUtcNow() + TimeSpan.FromDays(2);
        var key = await sessions.StoreAsync(new(new(), new() { IssuedUtc = ahead, ExpiresUtc = ahead + Sessions.Idle }, "session"));

        sessions.FollowClock();

        var session = await sessions.RetrieveAsync(key);
        session!.Properties.IssuedUtc!.Value.ShouldBe(_time.GetUtcNow(), TimeSpan.FromSeconds(1));
        session.Properties.ExpiresUtc!.Value.ShouldBe(_time.GetUtcNow() + Sessions.Idle, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Created_and_revoked_tokens_survive_a_restart()
    {
        var kept = _tokens.CreateAdmin("kept", TokenRow.Read, null, "root").Secret.Reveal();
        var revoked = _tokens.CreateAdmin("gone", TokenRow.Write, null, "root").Secret.Reveal();
        _tokens.Revoke(TokenRow.Admin, "gone", "root", mayOpen: true);
        var again = _tokens.CreateAdmin("gone", TokenRow.Read, null, "root").Secret.Reveal();

        var restarted = Book();

        restarted.Verify(kept, TokenRow.Admin).ShouldNotBeNull().Name.ShouldBe("kept");
        restarted.Verify(revoked, TokenRow.Admin).ShouldBeNull();
        restarted.Verify(again, TokenRow.Admin).ShouldNotBeNull();
    }

    [Fact]
    public void The_secret_is_on_no_disk_and_in_no_log()
    {
        var (token, secret) = _tokens.CreateAdmin("ops", TokenRow.Write, null, "root");
        _tokens.Revoke(TokenRow.Admin, "ops", "root", mayOpen: true);
        var text = secret.Reveal();

        text.Length.ShouldBe(56);
        $"{secret}".ShouldBe("(a token)");
        token.ToString().ShouldNotContain(text[13..]);
        _stored.Everything().ShouldContain(token.Id);
        _stored.Everything().ShouldNotContain(text[13..]);

        _log.Lines.ShouldContain(l => l.Message == "Admin token ops with scope write was made by root");
        _log.Lines.Where(l => l.Message.Contains(text[13..])).ShouldBeEmpty();
    }

    [Fact]
    public void No_two_secrets_are_equal()
    {
        var texts = Enumerable.Range(0, 50).Select(i => _tokens.CreateAdmin($"t{i}", TokenRow.Read, null, "root").Secret.Reveal()).ToList();

        texts.Distinct().Count().ShouldBe(50);
        texts.Select(t => t[13..]).Distinct().Count().ShouldBe(50);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("<script>")]
    [InlineData("äöü")]
    public void A_token_name_has_only_plain_characters(string name) =>
        Should.Throw<RefusedException>(() => _tokens.CreateAdmin(name, TokenRow.Read, null, "root")).Kind.ShouldBe(Refusal.Invalid);

    [Fact]
    public async Task The_oldest_session_ends_when_there_are_too_many_and_ended_sessions_stay_ended()
    {
        var sessions = new SessionStore(_time);
        var keys = await Task.WhenAll(Enumerable.Range(0, 1001).Select(_ => sessions.StoreAsync(new(new(), "session"))));

        (await sessions.RetrieveAsync(keys[0])).ShouldBeNull();
        (await sessions.RetrieveAsync(keys[1])).ShouldNotBeNull();
        await sessions.RemoveAsync(keys[1]);
        await sessions.RenewAsync(keys[1], new(new(), "session"));
        (await sessions.RetrieveAsync(keys[1])).ShouldBeNull("what was ended is not brought back by a request that was under way");
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _database.Dispose();
        _stored.Dispose();
    }

    private TokenRegistry Book() => new(new TokenStore(_database), Acting.Unrecorded(_database), _time, new Microsoft.Extensions.Logging.Logger<TokenRegistry>(_log));
}

public sealed class SqliteTokenTests() : TokenTests(TestEngine.Sqlite);

public sealed class PostgresTokenTests() : TokenTests(TestEngine.Postgres);
