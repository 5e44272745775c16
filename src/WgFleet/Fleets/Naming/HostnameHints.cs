namespace WgFleet.Fleets.Naming;

/// <summary>
/// For each name, the lowest number N for which name--N may be free, so that when ten thousand machines ask for one name, not each has to
/// try all numbers. A number that is too low only costs time. It is never too high, because <see cref="Released"/>
/// is called for every name that becomes free.
/// </summary>
internal sealed class HostnameHints
{
    private readonly Dictionary<string, int> _next = [];

    public int FirstPossible(string name) => _next.GetValueOrDefault(name, 2);

    /// <summary>Notes that all numbers up to this one are taken.</summary>
    public void Taken(string name, int number) => _next[name] = number + 1;

    /// <summary>Notes that a name has become free.</summary>
    public void Released(string hostname)
    {
        if (!Hostnames.TrySplit(hostname, out var name, out var number))
            return;

        if (hostname.Length == Hostnames.MaxLength)
        {
            // It may have been cut off at the longest length, so that it may belong to any name.
            _next.Clear();
        }
        else if (_next.TryGetValue(name, out var next) && number < next)
        {
            _next[name] = number;
        }
    }

    /// <summary>Forgets everything, after a batch that was not committed.</summary>
    public void Clear() => _next.Clear();
}
