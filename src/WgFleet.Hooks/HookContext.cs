using Microsoft.Extensions.Logging;

namespace WgFleet.Hooks;

/// <summary>What a handler gets besides its event.</summary>
public readonly record struct HookContext
{
    /// <summary>Creates a context whose properties the caller sets.</summary>
    public HookContext()
    {
    }

    /// <summary>The hook's own name.</summary>
    public required string HookName { get; init; }

    /// <summary>The event's type, one of <see cref="EventTypes"/>.</summary>
    public required string EventType { get; init; }

    /// <summary>The client the event is about; null at startup.</summary>
    public Client? Client { get; init; }

    /// <summary>All fleets and clients as of now, which may be later than the event.</summary>
    public required FleetState State { get; init; }

    /// <summary>The hook's <c>settings</c> from the configuration; empty if it has none.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>The log of the hook.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>The number of this attempt at the event, from 1.</summary>
    public int Attempt { get; init; } = 1;
}

/// <summary>What a projection gets besides the state.</summary>
public sealed class ProjectionContext
{
    /// <summary>The projection's own name.</summary>
    public required string HookName { get; init; }

    /// <summary>The projection's <c>settings</c> from the configuration; empty if it has none.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>The log of the projection.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>Replaces whole files, so that a reader sees the old content or the new, never a part.</summary>
    public required IFileReplacer Files { get; init; }
}

/// <summary>Replaces files atomically. The server implements it.</summary>
public interface IFileReplacer
{
    /// <summary>
    /// Writes <paramref name="content"/> to <paramref name="path"/> by a temporary file in the same directory and a rename;
    /// does nothing if the file has this content already.
    /// </summary>
    /// <param name="path">An absolute path; the directory must exist.</param>
    /// <param name="content">The whole new content.</param>
    /// <param name="mode">The file's mode, regardless of the umask; null for 0644.</param>
    /// <returns>True if the file was written, false if it had this content already.</returns>
    /// <exception cref="IOException">The disk is full, or the directory is missing or read-only; the old file is unchanged.</exception>
    bool Replace(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null);
}
