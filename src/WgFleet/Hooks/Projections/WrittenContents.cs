using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using WgFleet.Hosting;
using WgFleet.Linux;

namespace WgFleet.Hooks.Projections;

/// <summary>
/// What the server last wrote to its files, as digests, by which it notices what others have changed. A stop leaves them in a file beside the database, and the
/// start after that takes the file away: a server that was killed leaves none, and then nothing is known. Safe for concurrent use.
/// </summary>
internal sealed class WrittenContents : IDisposable
{
    private readonly string _file;
    private readonly ConcurrentDictionary<string, Content> _contents;
    private bool _begun;

    private WrittenContents(string file, IEnumerable<KeyValuePair<string, Content>> contents) => (_file, _contents) = (file, new(contents));

    /// <summary>What the last stop has left beside a database; nothing if it was none, or if this user may not read it.</summary>
    public static WrittenContents Beside(string database)
    {
        var file = database + ".files";
        try
        {
            var lines = File.Exists(file) ? File.ReadAllLines(file) : [];
            return new(file, lines.Select(line => line.Split(' ', 2)).Where(parts => parts.Length == 2)
                .Select(parts => KeyValuePair.Create(parts[1], new Content(parts[0], null))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(file, []);
        }
    }

    /// <summary>Takes the file away, durably, before the first file is written: otherwise a loss of power could bring back what is no longer true.</summary>
    /// <exception cref="StartupException">It cannot be taken away.</exception>
    public void Begin()
    {
        try
        {
            if (File.Exists(_file))
            {
                File.Delete(_file);
                Interop.FlushDirectory(Path.GetDirectoryName(_file)!);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"cannot delete {_file}, which tells what the last server wrote: {e.Message}", e);
        }

        _begun = true;
    }

    /// <summary>Leaves what is known for the next start. That this fails is no error: the next start knows nothing then.</summary>
    public void Dispose()
    {
        if (!_begun)
            return;

        try
        {
            var text = string.Concat(_contents.Where(c => !c.Key.Contains('\n')).Select(c => $"{c.Value.Digest} {c.Key}\n"));
            if (text.Length > 0)
                new FileReplacer(TimeProvider.System).Replace(_file, Encoding.UTF8.GetBytes(text), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (IOException)
        {
            // A full disk, for example, of which the log has enough lines.
        }
    }

    /// <summary>Whether a file is still the very one that was written. Does not read it.</summary>
    public bool IsUntouched(string path, Interop.FileStamp stamp) => _contents.TryGetValue(path, out var last) && last.Stamp == stamp;

    /// <summary>Whether this is what was last written to a file; null if that is not known.</summary>
    public bool? IsLast(string path, ReadOnlySpan<byte> content) => _contents.TryGetValue(path, out var last) ? last.Digest == Digest(content) : null;

    /// <summary>Remembers what was written.</summary>
    public void Wrote(string path, ReadOnlySpan<byte> content, Interop.FileStamp? stamp)
    {
        if (stamp is null || !_contents.TryGetValue(path, out var last) || last.Stamp != stamp)
            _contents[path] = new Content(Digest(content), stamp);
    }

    /// <summary>Forgets a file that has the old content or the new one.</summary>
    public void Forget(string path) => _contents.TryRemove(path, out _);

    private static string Digest(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private readonly record struct Content(string Digest, Interop.FileStamp? Stamp);
}
