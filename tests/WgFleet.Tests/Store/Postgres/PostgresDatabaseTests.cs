using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Postgres;

namespace WgFleet.Tests.Store.Postgres;

/// <summary>What a PostgreSQL database does otherwise than a file.</summary>
public class PostgresDatabaseTests
{
    [Fact]
    public void A_second_server_is_told_who_holds_the_database()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using (stored.Open())
        {
            var refused = Should.Throw<StartupException>(() => stored.Open()).Message;
            refused.ShouldContain($" is in use by wg-fleet, pid {Environment.ProcessId} on {Environment.MachineName}: only one wg-fleet may use it, stop that one first");
        }

        stored.Open().Dispose();
    }

    [Fact]
    public void A_commit_is_on_disk_before_it_returns_unless_its_data_may_be_late()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using var database = stored.Open();

        database.Write(Setting).ShouldBe("on");
        database.WriteRelaxed(Setting).ShouldBe("off");
        Should.Throw<StoreException>(() => database.WriteRelaxed(c => c.Execute("nonsense"))).Error.ShouldBe(StoreError.Failed);
        database.Write(Setting).ShouldBe("on");

        static string Setting(Connection connection) => connection.Query("SHOW synchronous_commit", row => row[0].Text).Single();
    }

    [Fact]
    public void A_write_whose_connection_broke_fails_and_the_next_one_has_a_new_connection_and_the_lock()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using var database = stored.Open();
        database.Read(EventTable.LastSequence).ShouldBe(0);
        stored.Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        Should.Throw<StoreException>(() => Add(database, 1)).Error.ShouldBe(StoreError.Unavailable);
        Add(database, 1);

        database.Read(EventTable.LastSequence).ShouldBe(1);
        Should.Throw<StartupException>(() => stored.Open()).Message.ShouldContain(" is in use by wg-fleet, pid ");
    }

    [Fact]
    public void A_server_that_lost_its_lock_to_another_one_writes_no_more()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using var database = stored.Open();
        stored.Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        using var other = stored.Open();

        Should.Throw<StoreException>(() => Add(database, 1)).Error.ShouldBe(StoreError.Unavailable);
        Should.Throw<StoreException>(() => Add(database, 1)).Message.ShouldContain(" is in use by wg-fleet, pid ");

        Add(other, 1);
    }

    [Fact]
    public void A_read_only_database_is_refused()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        stored.Execute("DROP TABLE schema_migrations, clients");
        stored.Execute($"ALTER DATABASE {stored.Rows("SELECT current_database()")[0]} SET default_transaction_read_only = on");

        Should.Throw<StartupException>(() => stored.Open()).Message.ShouldEndWith(
            " is read-only, such as a standby: name the primary, or the hosts of all, with commas between them");
    }

    [Fact]
    public void A_server_that_is_not_there_is_named_in_one_line()
    {
        using var folder = new Folder();

        Should.Throw<StartupException>(() => PostgresDatabase.Open($"Host={folder.Path};Username=wg;Password=geheim;Database=fleet", NullLogger.Instance)).Message.ShouldSatisfyAllConditions(
            message => message.ShouldStartWith($"database fleet of {folder.Path} cannot be reached ("),
            message => message.ShouldEndWith("): check that PostgreSQL runs there, and what the connection string says"),
            message => message.ShouldNotContain("geheim"),
            message => message.ShouldNotContain("\n"));
    }

    [Fact]
    public void A_database_of_a_newer_version_is_refused_and_not_changed()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        var known = Migration.OfPostgres[^1].Version;
        stored.Execute($"INSERT INTO schema_migrations (version, name, applied_at) VALUES ({known + 1}, 'later', now())");

        var refused = Should.Throw<StartupException>(() => stored.Open()).Message;
        refused.ShouldContain($" was written by a newer wg-fleet (schema {known + 1}, this one knows {known}): install that version again");
        stored.Rows("SELECT max(version) FROM schema_migrations").ShouldBe([$"{known + 1}"]);
    }

    [Fact]
    public void A_database_with_a_table_of_another_program_is_refused_and_not_changed()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        stored.Execute("DROP TABLE schema_migrations");
        var before = stored.Tables();

        Should.Throw<StartupException>(() => stored.Open()).Message.ShouldContain(" has a table clients that is not ours: name another database or another schema");
        stored.Tables().ShouldBe(before);
    }

    private static void Add(Database database, long sequence)
    {
        var batch = new StoreBatch();
        batch.Events.Add(new EventRow { Seq = sequence, Id = $"evt_{sequence}", Type = "startup", Data = "{}" });
        new FleetStore(database).Commit(batch);
    }
}
