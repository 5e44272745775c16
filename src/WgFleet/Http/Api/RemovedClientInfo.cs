using WgFleet.Store;

namespace WgFleet.Http.Api;

/// <summary>A client that was removed, as operators see it.</summary>
internal sealed record RemovedClientInfo
{
    /// <summary>The number of the event of its removal.</summary>
    public long Seq { get; init; }

    public required string Fleet { get; init; }

    public required string Address { get; init; }

    /// <summary>Its IPv4 address, which is address where the fleet had no IPv6; absent if it had none.</summary>
    public string? Address4 { get; init; }

    public string? Hostname { get; init; }

    public required string PublicKey { get; init; }

    /// <summary>Where its registration came from; may be anything a trusted proxy said.</summary>
    public required string RequestAddress { get; init; }

    public DateTimeOffset RegisteredAt { get; init; }

    public DateTimeOffset RemovedAt { get; init; }

    /// <summary>"stale" if it was pruned, "removed" if an operator removed it, "left" if the machine left.</summary>
    public required string Cause { get; init; }

    /// <summary>The operator who removed it or allowed its prune; absent if none did.</summary>
    public string? RemovedBy { get; init; }

    /// <summary>How long it had been silent.</summary>
    public long SilentSeconds { get; init; }

    public DateTimeOffset LastPing { get; init; }

    /// <summary>Absent if there was none.</summary>
    public DateTimeOffset? LastHandshake { get; init; }

    /// <summary>When bytes last came from it; absent if none came since the server's start.</summary>
    public DateTimeOffset? LastTraffic { get; init; }

    /// <summary>What the machine said of itself when it registered; absent if it said nothing.</summary>
    public IReadOnlyDictionary<string, string>? Facts { get; init; }

    /// <summary>Absent if it was not pinned.</summary>
    public PinInfo? Pinned { get; init; }

    /// <summary>Until when it can be restored.</summary>
    public DateTimeOffset KeptUntil { get; init; }

    public static RemovedClientInfo Of(Tombstone row, TimeSpan keep)
    {
        var heard = new[] { row.LastPing, row.LastHandshake ?? default, row.LastTraffic ?? default }.Max();
        return new()
        {
            Seq = row.Sequence,
            Fleet = row.Fleet,
            Address = row.Address.ToString(),
            Address4 = row.Address4?.ToString(),
            Hostname = row.Hostname,
            PublicKey = row.PublicKey.ToString(),
            RequestAddress = row.RequestAddress,
            RegisteredAt = row.RegisteredAt,
            RemovedAt = row.RemovedAt,
            Cause = row.Cause,
            RemovedBy = row.RemovedBy,
            SilentSeconds = Math.Max(0, (long)(row.RemovedAt - heard).TotalSeconds),
            LastPing = row.LastPing,
            LastHandshake = row.LastHandshake,
            LastTraffic = row.LastTraffic,
            Facts = row.Facts.Count == 0 ? null : row.Facts,
            Pinned = PinInfo.Of(row.Pinned),
            KeptUntil = row.RemovedAt + keep,
        };
    }
}

/// <summary>Clients that were removed, the latest first.</summary>
/// <param name="Removed">One page of them.</param>
/// <param name="Next">The cursor of the next page; absent on the last.</param>
internal sealed record RemovedClientsResponse(IReadOnlyList<RemovedClientInfo> Removed, string? Next);

/// <summary>A client that was restored.</summary>
/// <param name="Client">The client as it is now.</param>
/// <param name="Others">Other removed clients that had the same name or address; they stay removed.</param>
internal sealed record RestoreResponse(ClientInfo Client, IReadOnlyList<RemovedClientInfo> Others);
