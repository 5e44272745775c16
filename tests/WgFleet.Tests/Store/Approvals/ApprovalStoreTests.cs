using WgFleet.Store;
using WgFleet.Store.Approvals;

namespace WgFleet.Tests.Store.Approvals;

/// <summary>The table of machines that ask to be let in, on both engines.</summary>
public abstract class ApprovalStoreTests(TestEngine engine)
{
    [Fact]
    public void Machines_are_read_as_they_were_stored()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var store = new ApprovalStore(database);
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var waiting = new AskingMachine("alpha", Some.Key(), "192.0.2.7", Facts.Of(new Dictionary<string, string> { ["board_serial"] = "SN14" }), at);
        var refused = new AskingMachine("beta", Some.Key(), "192.0.2.8", Facts.None, at.AddSeconds(1)) { IsApproved = false, DecidedAt = at.AddSeconds(2), DecidedBy = "kim" };
        store.Save([waiting, refused], []);
        database.Write(c => ApprovalStore.Write(c, [waiting with { IsApproved = true, DecidedAt = at, DecidedBy = "ops" }]));

        var all = store.All();

        all.Select(m => (m.Id, m.Source, m.AskedAt, m.IsApproved, m.DecidedAt, m.DecidedBy)).ShouldBe(
        [
            (waiting.Id, "192.0.2.7", at, (bool?)true, (DateTimeOffset?)at, "ops"), (refused.Id, "192.0.2.8", at.AddSeconds(1), false, at.AddSeconds(2), "kim"),
        ]);
        all[0].Facts["board_serial"].ShouldBe("SN14");
        store.Save([], [waiting.Id]);
        store.All().ShouldHaveSingleItem().Id.ShouldBe(refused.Id);
    }
}

public sealed class SqliteApprovalStoreTests() : ApprovalStoreTests(TestEngine.Sqlite);

public sealed class PostgresApprovalStoreTests() : ApprovalStoreTests(TestEngine.Postgres);
