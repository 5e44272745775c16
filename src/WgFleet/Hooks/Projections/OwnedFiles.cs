using System.Data.Common;
using WgFleet.Config;
using WgFleet.Linux;
using WgFleet.Store;

namespace WgFleet.Hooks.Projections;

/// <summary>
/// Replaces files that are ours, notes each before it is written for the first time, and refuses those of others. What somebody else has put into one of
/// ours is kept beside it.
/// </summary>
internal sealed partial class OwnedFiles(ServerConfig config, WrittenFileStore written, WrittenContents contents, TimeProvider time, ILogger<OwnedFiles> log) : IFileReplacer
{
    private readonly FileReplacer _files = new(time);
    private readonly FileOwnership _ownership = new(ProjectedFile.Of(config), written.Now);

    /// <inheritdoc/>
    public bool Replace(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null)
    {
        if (written.Contains(path))
            return Write(path, content, mode);

        if (_ownership.Objection(path) is { } why)
            throw new IOException(why);

        // Where there is no directory nothing is written, and another file may come with the directory.
        if (Directory.Exists(Path.GetDirectoryName(path)))
            Note(path);

        try
        {
            return Write(path, content, mode);
        }
        catch (IOException)
        {
            written.Remove(path);
            throw;
        }
    }

    private bool Write(string path, ReadOnlySpan<byte> content, UnixFileMode? mode)
    {
        if (Interop.StampOf(path) is { } present && !contents.IsUntouched(path, present))
            KeepWhatOthersWrote(path, content);

        try
        {
            var changed = _files.Replace(path, content, mode, out var stamp);
            contents.Wrote(path, content, stamp);
            return changed;
        }
        catch (IOException)
        {
            contents.Forget(path);
            throw;
        }
    }

    private void KeepWhatOthersWrote(string path, ReadOnlySpan<byte> next)
    {
        try
        {
            if (!Interop.IsRegularFile(path) || FileReplacer.Holds(path, next) || _ownership.MayBeLost(path))
                return;

            var present = File.ReadAllBytes(path);
            var isLast = contents.IsLast(path, present);
            if (isLast == true || (isLast is null ? _ownership.IsOurs(path, present) : FileOwnership.IsBlank(present)))
                return;

            if (FileCopies.Keep(_files, path, present) is { } copy)
                Log.Kept(log, path, copy);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path} is not written, since what others may have written there cannot be kept: {e.Message}", e);
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

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Path} may have been changed by somebody else: what it held is kept as {Copy}")]
        public static partial void Kept(ILogger log, string path, string copy);
    }
}
