namespace WgFleet.Config.Yaml;

/// <summary>Checks that no two keys name the same file: a hosts file written over the database would lose every client.</summary>
internal sealed class FileClaims(Diagnostics findings)
{
    private readonly Dictionary<string, (string Key, int? Line)> _claims = [];

    /// <summary>Claims a file for <paramref name="key"/>; <paramref name="line"/> is null for a default path.</summary>
    public void Add(string key, string path, int? line)
    {
        if (!_claims.TryAdd(path, (key, line)))
            findings.Problem(line ?? _claims[path].Line ?? 0, key, $"{path} is {_claims[path].Key}'s file already, use another");
    }
}
