using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using WgFleet.Config;

namespace WgFleet.Access;

/// <summary>
/// Counts how often machines ask to register, by fleet and by source. Sources are put into a fixed number of boxes, by an order that
/// nobody can foresee: however many there are, memory is bounded, and two share a box only by chance.
/// </summary>
internal sealed class Throttle : IDisposable
{
    private const int Boxes = 16_384;
    private const int WholeFleet = -1;

    // With its first limit: it keeps a timer.
    private readonly Lazy<PartitionedRateLimiter<Turn>> _limiter = new(
        () => PartitionedRateLimiter.Create<Turn, Turn>(turn => RateLimitPartition.GetTokenBucketLimiter(turn, t => Bucket(t.Rate))));

    /// <summary>Whether one more request of a source comes too soon for its fleet.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="source">Where it comes from; null where nobody knows.</param>
    /// <param name="wait">How long to wait at least.</param>
    /// <param name="whose">Whose limit it is, for who asks.</param>
    public bool IsTooSoon(FleetConfig fleet, IPAddress? source, out TimeSpan wait, out string whose)
    {
        // The source's first: one that asks without end takes nothing away from the others.
        whose = "from this address";
        if (fleet.Enrollment.SourceRate is { } each && Exceeds(new(fleet.Name, Box(source), each), out wait))
            return true;

        whose = "in this fleet";
        if (fleet.Enrollment.FleetRate is { } all && Exceeds(new(fleet.Name, WholeFleet, all), out wait))
            return true;

        wait = default;
        return false;
    }

    public void Dispose()
    {
        if (_limiter.IsValueCreated)
            _limiter.Value.Dispose();
    }

    private bool Exceeds(Turn turn, out TimeSpan wait)
    {
        using var lease = _limiter.Value.AttemptAcquire(turn);
        wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : turn.Rate.Period;
        return !lease.IsAcquired;
    }

    /// <summary>A network of 64 bits is one source: whoever has one has all of its addresses.</summary>
    private static int Box(IPAddress? source)
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = 0;
        _ = source?.TryWriteBytes(bytes, out length);
        var hash = default(HashCode);
        hash.AddBytes(source is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } ? bytes[..8] : bytes[Math.Max(0, length - 4)..length]);
        return (int)((uint)hash.ToHashCode() % Boxes);
    }

    private static TokenBucketRateLimiterOptions Bucket(Rate rate) => new()
    {
        TokenLimit = rate.Count,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = rate.Period / rate.Count,
        QueueLimit = 0,
    };

    private readonly record struct Turn(string Fleet, int Box, Rate Rate);
}
