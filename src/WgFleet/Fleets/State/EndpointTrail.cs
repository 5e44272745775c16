using System.Net;

namespace WgFleet.Fleets.State;

/// <summary>
/// Where WireGuard heard a client from in the last minutes. One machine may move to another network and back, and a router may give it another port; but it
/// does not go to and fro. Several machines with one key do, because each of their packets moves the endpoint to the one that sent it.
/// </summary>
internal sealed class EndpointTrail
{
    /// <summary>So many returns to an earlier endpoint within <see cref="KeyUse.Window"/> are not one machine any more: from A to B, A, B and A.</summary>
    public const int Returns = 3;

    private const int Most = 8;

    private readonly List<(IPEndPoint Endpoint, DateTimeOffset At)> _seen = [];
    private readonly List<DateTimeOffset> _returns = [];

    /// <summary>Whether it went to and fro.</summary>
    public bool IsToAndFro => _returns.Count >= Returns;

    public bool IsEmpty => _seen.Count == 0 && _returns.Count == 0;

    /// <summary>The endpoints, the latest last.</summary>
    public IReadOnlyList<string> Endpoints => [.. _seen.Select(s => s.Endpoint.ToString())];

    /// <summary>Notes that the client is heard from another endpoint than before.</summary>
    public void Moved(IPEndPoint from, IPEndPoint to, DateTimeOffset now)
    {
        // A machine that takes its tunnel down and up has another port. Behind one router, machines differ only in their ports.
        var comesFromElsewhere = !from.Address.Equals(to.Address);
        if (_seen.Exists(s => s.Endpoint.Equals(to) || (comesFromElsewhere && s.Endpoint.Address.Equals(to.Address))))
            _returns.Add(now);

        _seen.RemoveAll(s => s.Endpoint.Equals(from) || s.Endpoint.Equals(to) || (comesFromElsewhere && s.Endpoint.Address.Equals(to.Address)));
        _seen.Add((from, now));
        _seen.Add((to, now));
        _seen.RemoveRange(0, Math.Max(0, _seen.Count - Most));
    }

    /// <summary>Forgets what is older than <see cref="KeyUse.Window"/>.</summary>
    public void Forget(DateTimeOffset now)
    {
        _seen.RemoveAll(s => KeyUse.IsOver(s.At, now));
        _returns.RemoveAll(at => KeyUse.IsOver(at, now));
    }
}
