using System.Diagnostics.CodeAnalysis;

namespace WgFleet.Http;

/// <summary>Limits of requests that read the event log, so that an operator never waits behind many readers without a token.</summary>
internal sealed class QueryLimits : CallerLimits
{
    [SetsRequiredMembers]
    public QueryLimits()
    {
        (MaxNear, MaxNearPerSource) = (8, 4);
        (MaxOperators, MaxPerToken) = (32, 16);
        MaxRoot = 16;
        TooMany = "too many requests read the event log; try again in a moment";
    }
}
