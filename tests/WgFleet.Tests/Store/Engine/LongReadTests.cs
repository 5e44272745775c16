using WgFleet.Store.Engine;

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

        Should.Throw<StoreException>(() => database.Read(Count)).ShouldSatisfyAllConditions(
            e => e.Error.ShouldBe(StoreError.TimedOut), e => e.Message.ShouldBe("the database needed more than 0.001 s to read this"));
        database.Load(Count).ShouldBe(1_000_000);

        static long Count(Connection connection) =>
            connection.Number("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT count(*) FROM n")!.Value;
    }
}
