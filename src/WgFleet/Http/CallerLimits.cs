using System.Net;
using WgFleet.Access;
using WgFleet.Hosting;

namespace WgFleet.Http;

/// <summary>
/// Limits how many requests of one sort are open at once, separately for each kind of caller: readers without a token cannot use up what operators
/// need, and nobody can use up what root on the server needs.
/// </summary>
internal abstract class CallerLimits
{
    /// <summary>For callers without a token or session, all together.</summary>
    public required int MaxNear { get; init; }

    /// <summary>For each of their source addresses.</summary>
    public required int MaxNearPerSource { get; init; }

    /// <summary>For callers with a token or session, all together.</summary>
    public required int MaxOperators { get; init; }

    /// <summary>For each token, with its sessions.</summary>
    public required int MaxPerToken { get; init; }

    /// <summary>For root on the admin socket.</summary>
    public required int MaxRoot { get; init; }

    /// <summary>The line for a caller that gets no place.</summary>
    public required string TooMany { get; init; }

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _open = [];

    /// <summary>How many are open.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
                return _open.Where(o => !o.Key.Contains(' ', StringComparison.Ordinal)).Sum(o => o.Value);
        }
    }

    /// <summary>Takes a place, which is free again when it is disposed.</summary>
    /// <exception cref="RefusedException">There is none left for this caller.</exception>
    public IDisposable Enter(Caller caller, HttpContext context)
    {
        var (kind, most, share, mostOfShare) = caller.AuthMethod switch
        {
            AuthMethod.Socket => ("root", MaxRoot, null, 0),
            AuthMethod.Session or AuthMethod.Token => ("operators", MaxOperators, caller.Holder, MaxPerToken),
            _ => ("near", MaxNear, SourceOf(context), MaxNearPerSource),
        };
        var part = share is null ? null : $"{kind} {share}";
        lock (_gate)
        {
            if (_open.GetValueOrDefault(kind) >= most || (part is not null && _open.GetValueOrDefault(part) >= mostOfShare))
                throw new RefusedException(Refusal.Unavailable, TooMany);

            _open[kind] = _open.GetValueOrDefault(kind) + 1;
            if (part is not null)
                _open[part] = _open.GetValueOrDefault(part) + 1;
        }

        return new Place(this, kind, part);
    }

    // Callers on the gateway itself have no limit per source.
    private static string? SourceOf(HttpContext context) =>
        SourceAddress.Of(context).Text is var source && IPAddress.TryParse(source, out var address) && IPAddress.IsLoopback(address) ? null : source;

    private void Leave(string key)
    {
        // A source is kept only while it has a request open, so the limits bound the memory.
        if (_open[key] == 1)
            _open.Remove(key);
        else
            _open[key]--;
    }

    private sealed class Place(CallerLimits limits, string kind, string? part) : IDisposable
    {
        private bool _left;

        public void Dispose()
        {
            lock (limits._gate)
            {
                if (_left)
                    return;

                _left = true;
                limits.Leave(kind);
                if (part is not null)
                    limits.Leave(part);
            }
        }
    }
}
