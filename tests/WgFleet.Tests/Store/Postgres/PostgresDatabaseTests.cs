using WgFleet.Hosting;
using WgFleet.Store.Engine;

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
}
