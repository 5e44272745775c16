using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;

namespace WgFleet.Tests.Store.Engine;

/// <summary>A read that takes too long is ended, except where a start needs it.</summary>
public class LongReadTests
{
    [Theory]
    [InlineData(TestEngine.Sqlite)]
    [InlineData(TestEngine.Postgres)]
    public void A_long_read_is_ended_and_says_why_and_a_start_reads_for_as_long_as_it_takes(TestEngine engine)
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        database.LongestRead = TimeSpan.FromMilliseconds(1);

        Should.Throw<StoreException>(() => database.Read(CountForEver)).ShouldSatisfyAllConditions(
            e => e.Error.ShouldBe(StoreError.TimedOut), e => e.Message.ShouldBe("the database needed more than 0.001 s to read this"));
        database.Load(Count).ShouldBe(1_000_000);

        static long Count(Connection connection) =>
            connection.Number("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT count(*) FROM n")!.Value;

        static long CountForEver(Connection connection) => connection.Number("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")!.Value;
    }

    [Fact]
    public async Task A_read_that_is_given_up_while_its_connection_is_opened_ends()
    {
        using var folder = new Folder();
        using var stored = new TestDatabase(TestEngine.Sqlite, folder.File("clients.db"));
        using var database = stored.Open();
        using var giveUp = new CancellationTokenSource();
        using var readers = new Readers(Open);

        await Should.ThrowAsync<OperationCanceledException>(readers.ReadAsync(c => c.Number("SELECT 1"), giveUp.Token).WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken));

        Connection Open()
        {
            giveUp.Cancel();
            return SqliteLink.Open(folder.File("clients.db"), isReadOnly: true, busySeconds: 1);
        }
    }
}
