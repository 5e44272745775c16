using System.Data.Common;
using WgFleet.Config;
using WgFleet.Linux;
using WgFleet.Store;

namespace WgFleet.Hooks.Projections;

/// <summary>Replaces files that are ours, notes each before it is written for the first time, and refuses those of others.</summary>
internal sealed class OwnedFiles(ServerConfig config, WrittenFileStore written, TimeProvider time) : IFileReplacer
{
    private readonly FileReplacer _files = new(time);
    private readonly FileOwnership _ownership = new(ProjectedFile.Of(config), written.Now);

    /// <inheritdoc/>
    public bool Replace(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null)
    {
        if (written.Contains(path))
            return _files.Replace(path, content, mode);

        if (_ownership.Objection(path) is { } why)
            throw new IOException(why);

        // Where there is no directory nothing is written, and another file may come with the directory.
        if (Directory.Exists(Path.GetDirectoryName(path)))
            Note(path);

        try
        {
            return _files.Replace(path, content, mode);
        }
        catch (IOException)
        {
            written.Remove(path);
            throw;
        }
    }

    private void Note(string path)
    {
        try
        {
            written.Add(path, time.GetUtcNow().UtcDateTime);
        }
        catch (DbException e)
        {
            throw new IOException($"{path} is not written, since the database cannot note that it is ours: {e.Message}", e);
        }
    }
}
