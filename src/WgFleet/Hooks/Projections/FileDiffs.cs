using System.Text;
using WgFleet.Hooks.Admin;
using WgFleet.Linux;

namespace WgFleet.Hooks.Projections;

/// <summary>A file replacer that writes nothing and collects what writing would change.</summary>
internal sealed class FileDiffs : IFileReplacer
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();

    /// <inheritdoc/>
    public bool Replace(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null)
    {
        var diff = UnifiedDiff.Of(path, File.Exists(path) ? RegularFile.ReadText(path) : "", Encoding.UTF8.GetString(content));
        lock (_gate)
            _text.Append(diff);

        return false;
    }

    /// <summary>The differences of all files, as unified diffs; empty if there are none.</summary>
    public string Text()
    {
        lock (_gate)
            return _text.ToString();
    }
}
