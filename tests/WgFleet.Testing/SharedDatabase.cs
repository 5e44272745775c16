using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Postgres;

namespace WgFleet.Testing;

/// <summary>A PostgreSQL database as one of several gateways has it open.</summary>
internal sealed class SharedDatabase : IDisposable
{
    public SharedDatabase(string connectionString, string gateway, TimeProvider? time = null, TimeSpan? lease = null)
    {
        time ??= TimeProvider.System;
        Fence = new WriteFence(gateway, time);
        Database = PostgresDatabase.OpenShared(connectionString, Fence, NullLogger.Instance);
        Lease = new GatewayLease(connectionString, lease ?? TimeSpan.FromSeconds(60), Fence, time);
    }

    public WriteFence Fence { get; }

    public Database Database { get; }

    public GatewayLease Lease { get; }

    /// <summary>Writes an event.</summary>
    public void Add(long sequence)
    {
        var batch = new StoreBatch();
        batch.Events.Add(new EventRow { Seq = sequence, Id = $"evt_{sequence}", Type = "startup", Data = "{}" });
        new FleetStore(Database).Commit(batch);
    }

    public void Dispose()
    {
        Lease.Dispose();
        Database.Dispose();
    }
}
