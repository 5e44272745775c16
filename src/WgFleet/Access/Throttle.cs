using System.Net;
using System.Threading.RateLimiting;
using WgFleet.Config;

namespace WgFleet.Access;

/// <summary>
/// Limits how often machines may ask to register, per fleet and per source. Sources are hashed into a fixed number of buckets with a key that
/// is new at each start: memory is bounded however many sources there are, and two share a bucket only by chance.
/// </summary>
internal sealed class Throttle : IDisposable
{
    private const int Buckets = 16_384;
    private const int WholeFleet = -1;

    // Made with the first limit, since it keeps a timer.
    private readonly Lazy<PartitionedRateLimiter<PartitionKey>> _limiter = new(
        () => PartitionedRateLimiter.Create<PartitionKey, PartitionKey>(key => RateLimitPartition.GetTokenBucketLimiter(key, t => Options(t.Rate))));

    /// <summary>Whether a request comes too soon; if not, it is counted.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="source">The source address; null if it is not known.</param>
    /// <param name="wait">How long the source must wait before it asks again.</param>
    /// <param name="whose">Which limit it is, for the answer.</param>
    public bool IsTooSoon(FleetConfig fleet, IPAddress? source, out TimeSpan wait, out string whose)
    {
        // The source's limit first: a source over its limit must not use up the fleet's limit.
        whose = "from this address";
        if (fleet.Enrollment.SourceRate is { } each && Exceeds(new(fleet.Name, BucketOf(source), each), out wait))
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

    private bool Exceeds(PartitionKey key, out TimeSpan wait)
    {
        using var lease = _limiter.Value.AttemptAcquire(key);
        wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : key.Rate.Period;
        return !lease.IsAcquired;
    }

    private static int BucketOf(IPAddress? source)
    {
        var hash = default(HashCode);
        hash.AddBytes(SourceNetwork.Of(source));
        return (int)((uint)hash.ToHashCode() % Buckets);
    }

    private static TokenBucketRateLimiterOptions Options(Rate rate) => new()
    {
        TokenLimit = rate.Count,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = rate.Period / rate.Count,
        QueueLimit = 0,
    };

    private readonly record struct PartitionKey(string Fleet, int Bucket, Rate Rate);
}
