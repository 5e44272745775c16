using WgFleet.Config.Yaml;

namespace WgFleet.Config.Reading;

/// <summary>Sees to it that no two keys name one file: a hosts file written over the database would cost every client.</summary>
internal sealed class FileClaims(Diagnostics findings)
{
    private readonly Dictionary<string, (string Key, int? Line)> _claims = [];

    /// <summary>Notes that <paramref name="key"/> has this file; <paramref name="line"/> is null where that is the default.</summary>
    public void Add(string key, string path, int? line)
    {
        if (!_claims.TryAdd(path, (key, line)))
            findings.Problem(line ?? _claims[path].Line ?? 0, key, $"{path} is {_claims[path].Key}'s file already, use another");
    }
}
