using System.Diagnostics.CodeAnalysis;

namespace WgFleet.Http;

/// <summary>Limits of answers that stay open: event streams, live pages, long polls.</summary>
internal sealed class StreamLimits : CallerLimits
{
    [SetsRequiredMembers]
    public StreamLimits()
    {
        (MaxNear, MaxNearPerSource) = (100, 10);
        (MaxOperators, MaxPerToken) = (100, 50);
        MaxRoot = 50;
        TooMany = "too many streams and long polls are open; close one, or try again later";
    }
}
