using WgFleet.Config.Yaml;
using WgFleet.Linux;
using WgFleet.Store;

namespace WgFleet.Hooks.Projections;

/// <summary>
/// Tells the files that wg-fleet has written from those of others, which it never overwrites: a file that is there, is not empty and is not noted
/// is somebody else's, unless the configuration says that it may be replaced.
/// </summary>
internal sealed class FileOwnership(IReadOnlyList<ProjectedFile> files, WrittenFiles written)
{
    /// <summary>Files that are longer than this are not looked into.</summary>
    private const int MaxLength = 64 * 1024 * 1024;

    private readonly IReadOnlyDictionary<string, ProjectedFile> _files = files.DistinctBy(f => f.Path).ToDictionary(f => f.Path);

    /// <summary>The files of the configuration that are there and are not ours.</summary>
    public IReadOnlyList<Problem> Problems() =>
        [.. _files.Values.Select(file => Objection(file.Path) is { } why ? file.Problem(why) : null).OfType<Problem>()];

    /// <summary>The files of the configuration that are there and are ours.</summary>
    public IReadOnlyList<string> Ours() => [.. _files.Keys.Where(path => File.Exists(path) && Objection(path) is null)];

    /// <summary>Why a file may not be overwritten, in a sentence for the operator; null if it may. Reads the file, and blocks.</summary>
    public string? Objection(string path)
    {
        var file = _files.GetValueOrDefault(path);
        if (file?.Replaces == true || written.Paths.Contains(path) || !Interop.IsRegularFile(path))
            return null;

        try
        {
            // Behind a link there may be any file, whatever the link is called.
            var info = new FileInfo(path);
            if (file?.IsDefault == true && info.LinkTarget is null)
                return null;

            var target = (FileInfo?)info.ResolveLinkTarget(returnFinalTarget: true) ?? info;
            var text = target.Length > MaxLength ? null : File.ReadAllText(path);
            if (text is not null && (string.IsNullOrWhiteSpace(text) || file?.Recognizes(text) == true))
                return null;

            // What a template makes can be anything, but a server that did not note its files has written this one again and again.
            if (file?.IsTemplate == true && target.LastWriteTimeUtc >= written.UnnotedSince)
                return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be read, so it is not known whether wg-fleet has written it: {e.Message}";
        }

        return $"{path} exists and was not written by wg-fleet, so it is not overwritten; name another file, remove this one, "
            + $"or set 'replace: true' in the entry '{file?.Hook}' of hooks.list";
    }
}
