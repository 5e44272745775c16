namespace WgFleet.Fleets.Commands;

/// <summary>
/// Remembers from which number on name--N may be free, so that ten thousand clones that all ask for one name do not each
/// try all the others' numbers. A number too low costs time only; a number too high cannot happen while every name that
/// becomes free is told.
/// </summary>
internal sealed class HostnameHints
{
    private readonly Dictionary<string, int> _next = [];

    public int FirstPossible(string name) => _next.GetValueOrDefault(name, 2);

    /// <summary>All numbers up to this one are taken.</summary>
    public void Taken(string name, int number) => _next[name] = number + 1;

    public void Released(string hostname)
    {
        if (!Hostnames.TrySplit(hostname, out var name, out var number))
            return;

        if (hostname.Length == Hostnames.MaxLength)
        {
            // It may have been cut: then it is not known which names it stood for.
            _next.Clear();
        }
        else if (_next.TryGetValue(name, out var next) && number < next)
        {
            _next[name] = number;
        }
    }

    /// <summary>Forgets everything, after a batch that came to nothing.</summary>
    public void Clear() => _next.Clear();
}
