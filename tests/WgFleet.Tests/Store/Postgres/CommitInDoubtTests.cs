using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Testing;

namespace WgFleet.Tests.Store.Postgres;

/// <summary>The connection to PostgreSQL breaks during a commit. A server that took a written change for a failed one, or the reverse, would go on with another state than the database.</summary>
public class CommitInDoubtTests
{
    [Fact]
    public void A_commit_whose_answer_is_lost_succeeds()
    {
        using var test = new Stage();
        test.Proxy.BreakNext(BrokenCommit.After);

        test.Add(1);
        test.Add(2);

        test.Stored.Rows("SELECT seq FROM events ORDER BY seq").ShouldBe(["1", "2"]);
    }

    [Fact]
    public void A_commit_that_the_server_did_not_get_fails_and_has_written_nothing()
    {
        using var test = new Stage();
        test.Add(1);
        test.Proxy.BreakNext(BrokenCommit.Before);

        var failed = Should.Throw<StoreException>(() => test.Add(2));
        failed.Error.ShouldBe(StoreError.Unavailable);
        failed.Message.ShouldStartWith("the connection broke during the commit: ");
        test.Stored.Rows("SELECT seq FROM events").ShouldBe(["1"]);

        test.Add(2);
        test.Stored.Rows("SELECT seq FROM events ORDER BY seq").ShouldBe(["1", "2"]);
    }

    [Theory]
    [InlineData(BrokenCommit.Before)]
    [InlineData(BrokenCommit.After)]
    public async Task A_write_waits_until_the_database_is_back(BrokenCommit when)
    {
        using var test = new Stage();
        test.Proxy.BreakNext(when);
        test.Proxy.IsClosed = true;

        var adding = Task.Run(() => test.Add(1), TestContext.Current.CancellationToken);
        await test.Proxy.Refused.WaitAsync(TestContext.Current.CancellationToken);
        adding.IsCompleted.ShouldBeFalse();
        test.Proxy.IsClosed = false;

        if (when == BrokenCommit.After)
            await adding;
        else
            await Should.ThrowAsync<StoreException>(adding);
    }

    [Fact]
    public void A_commit_whose_outcome_cannot_be_learned_is_fatal_and_nothing_is_written_after_it()
    {
        using var test = new Stage();
        test.Add(1);
        test.Database.LongestDoubt = TimeSpan.FromSeconds(1);
        test.Proxy.BreakNext(BrokenCommit.After);
        test.Proxy.IsClosed = true;

        Should.Throw<FatalException>(() => test.Add(2)).Message.ShouldSatisfyAllConditions(
            message => message.ShouldStartWith("a change may be in the database or not (the connection broke during the commit: "),
            message => message.ShouldEndWith("); start the server again, which reads the database"),
            message => message.ShouldNotContain("\n"));

        test.Proxy.IsClosed = false;
        Should.Throw<FatalException>(() => test.Add(3));
        Should.Throw<FatalException>(test.Database.Check);
        test.Stored.Rows("SELECT seq FROM events ORDER BY seq").ShouldBe(["1", "2"]);
    }

    [Fact]
    public void A_server_that_comes_back_to_a_database_that_another_one_has_written_ends()
    {
        using var test = new Stage();
        test.Add(1);
        test.Stored.Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        using (var other = test.Stored.Open())
            Stage.Add(other, 2);

        // It notices here that the connection broke.
        Should.Throw<StoreException>(() => test.Add(2));
        Should.Throw<FatalException>(() => test.Add(2)).Message.ShouldStartWith("the database is not as this server left it: ");
    }

    [Fact]
    public void A_connection_that_breaks_in_a_batch_fails_it_and_has_written_nothing()
    {
        using var test = new Stage();
        test.Add(1);

        Should.Throw<StoreException>(() => test.Database.Write(c =>
        {
            c.Execute("DELETE FROM events");
            test.Stored.Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'");
            c.Execute("DELETE FROM tokens");
        })).Error.ShouldBe(StoreError.Unavailable);

        test.Database.Read(EventTable.LastSequence).ShouldBe(1);
        test.Add(2);
        test.Stored.Rows("SELECT seq FROM events ORDER BY seq").ShouldBe(["1", "2"]);
    }

    [Fact]
    public void A_write_that_may_be_late_is_in_doubt_and_can_be_repeated()
    {
        using var test = new Stage();
        test.Proxy.BreakNext(BrokenCommit.After);

        Should.Throw<StoreException>(() => Advance()).Error.ShouldBe(StoreError.InDoubt);
        Advance();
        test.Add(1);

        bool Advance() => test.Database.WriteRelaxed(c =>
        {
            HookStateTable.Advance(c, ["tell"], 5);
            return true;
        });
    }

    [Fact]
    public async Task A_registration_whose_commit_was_written_is_answered_and_one_whose_was_not_is_refused()
    {
        await using var test = await TestRegistry.StartAsync(TestEngine.Postgres);
        using var proxy = new PostgresProxy(PostgresServer.Shared.Host);
        await test.StopAsync();
        test.Stored.Proxy = proxy;
        await test.StartAgainAsync();

        proxy.BreakNext(BrokenCommit.After);
        await test.JoinAsync("alpha", "web");
        proxy.BreakNext(BrokenCommit.Before);
        await test.JoinAsync().ShouldThrowAsync<StoreException>();
        await test.JoinAsync();

        test.Alpha.Count.ShouldBe(2);
        test.ShouldAgree();
        await test.StopAsync();
        test.Stored.Proxy = null;
    }

    /// <summary>A server that reaches its database through a network.</summary>
    private sealed class Stage : IDisposable
    {
        public Stage()
        {
            Stored = new TestDatabase(TestEngine.Postgres) { Proxy = Proxy };
            Database = Stored.Open();
            Stored.Proxy = null;
        }

        public PostgresProxy Proxy { get; } = new(PostgresServer.Shared.Host);

        public TestDatabase Stored { get; }

        public Database Database { get; }

        public static void Add(Database database, long sequence)
        {
            var batch = new StoreBatch();
            batch.Events.Add(new EventRow { Seq = sequence, Id = $"evt_{sequence}", Type = "startup", Data = "{}" });
            new FleetStore(database).Commit(batch);
        }

        public void Add(long sequence) => Add(Database, sequence);

        public void Dispose()
        {
            Database.Dispose();
            Stored.Dispose();
            Proxy.Dispose();
        }
    }
}
