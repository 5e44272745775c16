using System.Text;
using WgFleet.Config.Yaml;
using WgFleet.Linux;
using WgFleet.Store;

namespace WgFleet.Hooks.Projections;

/// <summary>
/// Tells the files that wg-fleet has written from those of others, which it never overwrites: a file that is there, is not empty and is not noted
/// is somebody else's, unless the configuration says that it may be replaced. So is one that is noted and has another content than the last stop has left.
/// </summary>
/// <param name="files">The files of the configuration.</param>
/// <param name="written">Which files are noted.</param>
/// <param name="contents">What the last stop has left in them; null while the server runs, which keeps what others write.</param>
internal sealed class FileOwnership(IReadOnlyList<ProjectedFile> files, WrittenFiles written, WrittenContents? contents = null)
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
        var isNoted = written.Paths.Contains(path);
        if (MayBeLost(path) || (isNoted && contents is null) || !Interop.IsRegularFile(path))
            return null;

        try
        {
            // Behind a link there may be any file, whatever the link is called.
            var info = new FileInfo(path);
            if (file?.IsDefault == true && info.LinkTarget is null)
                return null;

            var target = (FileInfo?)info.ResolveLinkTarget(returnFinalTarget: true) ?? info;
            var content = target.Length > MaxLength ? null : File.ReadAllBytes(path);
            if (isNoted && contents!.IsLast(path, content) != false)
                return null;

            if (content is not null && IsOurs(path, content))
                return null;

            // What a template makes can be anything, but a server that did not note its files has written this one again and again.
            if (file?.IsTemplate == true && target.LastWriteTimeUtc >= written.UnnotedSince)
                return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be read, so it is not known whether wg-fleet has written it: {e.Message}";
        }

        return isNoted
            ? $"{path} was changed after wg-fleet had stopped, so it is not overwritten; remove the file, or keep it and name another one, {OrReplace(file)}"
            : $"{path} exists and was not written by wg-fleet, so it is not overwritten; name another file, remove this one, {OrReplace(file)}";
    }

    /// <summary>Whether the configuration says that nobody needs what others write to this file.</summary>
    public bool MayBeLost(string path) => _files.GetValueOrDefault(path)?.Replaces == true;

    /// <summary>Whether a content is nobody's, or one that only wg-fleet writes to this file.</summary>
    public bool IsOurs(string path, byte[] content) => IsBlank(content) || _files.GetValueOrDefault(path)?.Recognizes(Encoding.UTF8.GetString(content)) == true;

    /// <summary>Whether there is nothing in a content that somebody could miss.</summary>
    public static bool IsBlank(byte[] content) => string.IsNullOrWhiteSpace(Encoding.UTF8.GetString(content));

    private static string OrReplace(ProjectedFile? file) => $"or set 'replace: true' in the entry '{file?.Hook}' of hooks.list";
}
