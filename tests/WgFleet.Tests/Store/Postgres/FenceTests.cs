using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Postgres;

namespace WgFleet.Tests.Store.Postgres;

/// <summary>A gateway without the lease writes nothing, whatever it believes.</summary>
public class FenceTests
{
    private const string Expire = "UPDATE leases SET expires_at = clock_timestamp() - interval '1 ms'";

    [Fact]
    public void A_gateway_whose_lease_another_one_has_taken_writes_nothing_although_it_believes_that_it_holds_it()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using var first = stored.OpenShared("gw1", new ManualTime());
        using var second = stored.OpenShared("gw2");
        first.Lease.TryTake();
        first.Add(1);
        stored.Execute(Expire);
        second.Lease.TryTake();

        // The clock of the first one stands still.
        first.Fence.Trouble.ShouldBeNull();
        Should.Throw<StoreException>(() => first.Add(2)).Error.ShouldBe(StoreError.NoLease);
        first.Fence.Lost.IsCompleted.ShouldBeTrue();
        second.Add(2);
        Should.Throw<StoreException>(() => first.Add(3)).Message.ShouldBe("gateway gw1 has lost the lease");

        stored.Rows("SELECT seq FROM events ORDER BY seq").ShouldBe(["1", "2"]);
    }

    [Fact]
    public void A_gateway_that_has_its_own_lease_again_does_not_accept_what_its_former_process_writes()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using var first = stored.OpenShared("gw1", new ManualTime());
        first.Lease.TryTake();
        first.Add(1);
        stored.Execute("UPDATE leases SET epoch = epoch + 1");

        Should.Throw<StoreException>(() => first.Add(2)).Error.ShouldBe(StoreError.NoLease);
    }

    [Fact]
    public void No_table_can_be_written_without_the_lease()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using var standby = stored.OpenShared("gw1");
        using var engine = new PostgresEngine(stored.ConnectionString, new WriteFence("gw2", TimeProvider.System));
        using var writer = engine.OpenWriter();
        foreach (var table in stored.Tables())
        {
            Should.Throw<StoreException>(() => standby.Database.Write(c => c.Execute($"DELETE FROM {table}")), table).Error.ShouldBe(StoreError.NoLease);
            Should.Throw<StoreException>(() => standby.Database.WriteRelaxed(c => c.Execute($"DELETE FROM {table}")), table).Error.ShouldBe(StoreError.NoLease);
            Should.Throw<StoreException>(() => writer.Execute($"DELETE FROM {table}"), table).Error.ShouldBe(StoreError.ReadOnly);
            Should.Throw<StoreException>(() => writer.Transact(c => c.Execute($"DELETE FROM {table}")), table).Error.ShouldBe(StoreError.NoLease);
        }

        Should.Throw<StoreException>(standby.Database.CheckWritable).Error.ShouldBe(StoreError.NoLease);
        stored.Rows("SELECT max(version) FROM schema_migrations").ShouldNotBe(["NULL"]);
    }

    [Fact]
    public void A_taking_waits_for_the_write_that_is_under_way_and_a_renewal_does_not()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using var first = stored.OpenShared("gw1", lease: TimeSpan.FromSeconds(3));
        using var second = stored.OpenShared("gw2", lease: TimeSpan.FromSeconds(3));
        first.Lease.TryTake();

        first.Database.Write(c =>
        {
            first.Lease.Renew();
            stored.Execute(Expire);
            Should.Throw<StoreException>(() => second.Lease.TryTake()).Error.ShouldBe(StoreError.TimedOut);
            c.Execute("UPDATE log SET head = 7");
        });

        second.Lease.TryTake().ShouldNotBeNull();
        stored.Rows("SELECT head FROM log").ShouldBe(["7"]);
    }

    [Fact]
    public void A_gateway_that_reconnects_to_a_database_that_the_next_holder_has_written_has_lost_the_lease_and_does_not_end()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using var first = stored.OpenShared("gw1", new ManualTime());
        first.Lease.TryTake();
        first.Add(1);
        stored.Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        using var second = stored.OpenShared("gw2");
        stored.Execute(Expire);
        second.Lease.TryTake();
        second.Add(2);

        // It notices here that the connection broke.
        Should.Throw<StoreException>(() => first.Add(2)).Error.ShouldBe(StoreError.Unavailable);
        Should.Throw<StoreException>(() => first.Add(2)).Error.ShouldBe(StoreError.NoLease);
        first.Fence.Lost.IsCompleted.ShouldBeTrue();

        second.Lease.Release();
        first.Database.StartOver();
        Should.Throw<StoreException>(() => first.Lease.TryTake()).Error.ShouldBe(StoreError.Unavailable);
        first.Lease.TryTake().ShouldNotBeNull();
        first.Add(3);
        stored.Rows("SELECT seq FROM events ORDER BY seq").ShouldBe(["1", "2", "3"]);
    }

    [Fact]
    public void A_commit_in_doubt_is_looked_up_with_a_lease_too()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using var proxy = new PostgresProxy(PostgresServer.Shared.Host);
        stored.Proxy = proxy;
        using var gateway = stored.OpenShared("gw1");
        stored.Proxy = null;
        gateway.Lease.TryTake();
        gateway.Add(1);

        proxy.BreakNext(BrokenCommit.After);
        gateway.Add(2);
        proxy.BreakNext(BrokenCommit.Before);
        Should.Throw<StoreException>(() => gateway.Add(3)).Error.ShouldBe(StoreError.Unavailable);
        gateway.Add(3);

        stored.Rows("SELECT seq FROM events ORDER BY seq").ShouldBe(["1", "2", "3"]);
    }

    [Fact]
    public void A_standby_of_PostgreSQL_that_took_over_makes_every_lease_void_also_one_with_the_same_epoch()
    {
        var server = new PostgresServer(canPromote: true);
        try
        {
            var connectionString = server.ConnectionString(server.CreateDatabase());
            using var first = new SharedDatabase(connectionString, "gw1");
            first.Lease.TryTake().ShouldBe(new TakenLease(new("gw1", 1, 1), LeaseCause.First));
            first.Add(1);

            server.Promote();

            Should.Throw<StoreException>(() => first.Add(2)).Error.ShouldBe(StoreError.Unavailable);
            Should.Throw<StoreException>(() => first.Add(2)).Error.ShouldBe(StoreError.NoLease);
            first.Fence.Lost.IsCompleted.ShouldBeTrue();
            Should.Throw<StoreException>(() => first.Lease.TryTake()).Error.ShouldBe(StoreError.Unavailable);
            first.Lease.TryTake().ShouldBe(new TakenLease(new("gw1", 2, 2), LeaseCause.Own));
            first.Database.StartOver();
            first.Add(2);
            first.Database.Read(EventTable.LastSequence).ShouldBe(2);
        }
        finally
        {
            server.Stop();
        }
    }

    [Fact]
    public void A_renewal_on_the_next_timeline_is_the_end_of_the_lease()
    {
        var server = new PostgresServer(canPromote: true);
        try
        {
            using var gateway = new SharedDatabase(server.ConnectionString(server.CreateDatabase()), "gw1");
            gateway.Lease.TryTake();

            server.Promote();

            Should.Throw<StoreException>(gateway.Lease.Renew).Error.ShouldBe(StoreError.Unavailable);
            gateway.Lease.Renew();
            gateway.Fence.Lost.IsCompleted.ShouldBeTrue();
        }
        finally
        {
            server.Stop();
        }
    }
}
