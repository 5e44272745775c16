using WgFleet.Hosting;
using WgFleet.Store.Engine;
using WgFleet.Store.Postgres;

namespace WgFleet.Tests.Store.Postgres;

/// <summary>Which of several gateways holds the lease on a database, and for how long it believes so.</summary>
public class LeaseTests
{
    private const string Expire = "UPDATE leases SET expires_at = clock_timestamp() - interval '1 ms'";

    [Fact]
    public void One_gateway_takes_the_lease_and_another_one_when_it_has_expired()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using var first = stored.OpenShared("gw1");
        using var second = stored.OpenShared("gw2");

        first.Lease.TryTake().ShouldBe(new TakenLease(new("gw1", 1, 1), LeaseCause.First));
        second.Lease.TryTake().ShouldBeNull();
        second.Lease.Holder().ShouldBe("gw1");

        stored.Execute(Expire);
        second.Lease.TryTake().ShouldBe(new TakenLease(new("gw2", 1, 2), LeaseCause.Expired));
        second.Lease.Holder().ShouldBe("gw2");
        first.Lease.TryTake().ShouldBeNull();
    }

    [Fact]
    public void A_gateway_takes_its_own_lease_back_at_once_with_a_new_epoch()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using (var first = stored.OpenShared("gw1"))
            first.Lease.TryTake().ShouldNotBeNull();

        using var again = stored.OpenShared("gw1");
        again.Lease.TryTake().ShouldBe(new TakenLease(new("gw1", 1, 2), LeaseCause.Own));
    }

    [Fact]
    public void A_lease_that_was_given_back_is_taken_at_once()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using var first = stored.OpenShared("gw1");
        using var second = stored.OpenShared("gw2");
        first.Lease.TryTake();

        first.Lease.Release();

        second.Lease.Holder().ShouldBe("");
        second.Lease.TryTake().ShouldBe(new TakenLease(new("gw2", 1, 2), LeaseCause.Released));
        Should.Throw<StoreException>(() => first.Add(1)).Error.ShouldBe(StoreError.NoLease);
    }

    [Fact]
    public void A_renewal_makes_the_lease_last_longer_and_one_of_a_lost_lease_is_the_end_of_it()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using var first = stored.OpenShared("gw1");
        using var second = stored.OpenShared("gw2");
        first.Lease.TryTake();
        stored.Execute(Expire);
        first.Lease.Renew();

        second.Lease.TryTake().ShouldBeNull();
        first.Fence.Lost.IsCompleted.ShouldBeFalse();

        stored.Execute(Expire);
        second.Lease.TryTake().ShouldNotBeNull();
        first.Lease.Renew();
        first.Fence.Lost.IsCompleted.ShouldBeTrue();
        first.Fence.Token.ShouldBeNull();
        second.Lease.Holder().ShouldBe("gw2");
    }

    [Fact]
    public void A_gateway_stops_writing_at_seven_tenths_of_the_lease_and_goes_on_when_it_was_renewed_after_all()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        var time = new ManualTime();
        using var gateway = stored.OpenShared("gw1", time, TimeSpan.FromSeconds(10));
        gateway.Lease.TryTake();

        time.Advance(TimeSpan.FromSeconds(6.9));
        gateway.Add(1);
        gateway.Fence.Trouble.ShouldBeNull();
        time.Advance(TimeSpan.FromSeconds(0.2));
        Should.Throw<StoreException>(() => gateway.Add(2)).Error.ShouldBe(StoreError.NoLease);
        gateway.Fence.Trouble.ShouldBe("gateway gw1 could not renew the lease in time, so nothing can be changed");
        gateway.Fence.Lost.IsCompleted.ShouldBeFalse();

        gateway.Lease.Renew();
        gateway.Add(2);
        stored.Rows("SELECT seq FROM events ORDER BY seq").ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task A_renewal_counts_from_before_it_was_sent_however_late_its_answer_is()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        var time = new ManualTime();
        using var gateway = stored.OpenShared("gw1", time, TimeSpan.FromSeconds(60));
        gateway.Lease.TryTake();
        Task renewal;
        using (var other = stored.OpenShared("gw2"))
        {
            // The answer waits for a lock on the row.
            using var engine = new PostgresEngine(stored.ConnectionString);
            using var link = engine.OpenToLook();
            renewal = link.Transact(c =>
            {
                c.Execute("SELECT 1 FROM leases FOR UPDATE");
                var renewing = Task.Run(gateway.Lease.Renew, TestContext.Current.CancellationToken);
                while (stored.Rows("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")[0] == "0")
                    Thread.Sleep(5);

                time.Advance(TimeSpan.FromSeconds(30));
                return renewing;
            });
        }

        await renewal;
        time.Advance(TimeSpan.FromSeconds(11));
        gateway.Add(1);
        time.Advance(TimeSpan.FromSeconds(2));
        Should.Throw<StoreException>(() => gateway.Add(2)).Error.ShouldBe(StoreError.NoLease);
    }

    [Fact]
    public void A_renewal_whose_connection_was_ended_has_renewed_nothing_and_the_next_one_works()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        var time = new ManualTime();
        using var gateway = stored.OpenShared("gw1", time, TimeSpan.FromSeconds(10));
        gateway.Lease.TryTake();
        stored.Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'UPDATE leases%' AND pid <> pg_backend_pid()");
        time.Advance(TimeSpan.FromSeconds(5));

        Should.Throw<StoreException>(gateway.Lease.Renew).Error.ShouldBe(StoreError.Unavailable);
        time.Advance(TimeSpan.FromSeconds(3));
        Should.Throw<StoreException>(() => gateway.Add(1)).Error.ShouldBe(StoreError.NoLease);

        gateway.Lease.Renew();
        gateway.Add(1);
    }

    [Fact]
    public void A_database_has_gateways_with_different_names_or_one_server_without_a_name()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using (stored.OpenShared("gw1"))
        {
            Should.Throw<StartupException>(() => stored.OpenShared("gw1")).Message.ShouldStartWith("another wg-fleet with 'gateway.name: gw1' uses database ");
            Should.Throw<StartupException>(() => stored.Open()).Message.ShouldContain(" is in use by wg-fleet, pid ");
            Should.Throw<StartupException>(() => stored.Hold()).Message.ShouldContain(" is in use by wg-fleet, pid ");
            stored.OpenShared("gw2").Dispose();
        }

        using (stored.Open())
            Should.Throw<StartupException>(() => stored.OpenShared("gw1")).Message.ShouldEndWith("which has no 'gateway' in its configuration: stop that one first, and give it a gateway name");

        stored.OpenShared("gw1").Dispose();
    }

    [Fact]
    public void Tables_are_made_by_the_first_gateway_and_upgraded_only_while_no_other_one_uses_the_database()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using (stored.OpenShared("gw1"))
        {
            stored.Execute("DELETE FROM schema_migrations WHERE version = (SELECT max(version) FROM schema_migrations)");
            Should.Throw<StartupException>(() => stored.OpenShared("gw2")).Message.ShouldEndWith("and other gateways use it: stop all of them, then start this version");
        }

        stored.Execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        using var alone = stored.OpenShared("gw2");
        alone.Lease.TryTake().ShouldNotBeNull();
    }
}
