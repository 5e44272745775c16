using WgFleet.Metrics;

namespace WgFleet.Hooks.Projections;

/// <summary>Replaces files for one projection, and counts written and unchanged files.</summary>
internal sealed class CountedFiles(IFileReplacer files, string hook) : IFileReplacer
{
    public bool Replace(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null)
    {
        var written = files.Replace(path, content, mode);
        FleetMeter.Replaced(hook, written);
        return written;
    }
}
