using Microsoft.Extensions.Logging;

namespace WgFleet.Hooks;

/// <summary>What a handler is given beside its event.</summary>
public readonly record struct HookContext
{
    /// <summary>To be filled in.</summary>
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

    /// <summary>Logs under the hook's name.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>Which attempt at this event this is, from 1.</summary>
    public int Attempt { get; init; } = 1;
}

/// <summary>What a projection is given beside the state.</summary>
public sealed class ProjectionContext
{
    /// <summary>The projection's own name.</summary>
    public required string HookName { get; init; }

    /// <summary>The projection's <c>settings</c> from the configuration; empty if it has none.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Logs under the projection's name.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>Replaces whole files, so that a reader sees the old content or the new, never half of one.</summary>
    public required IFileReplacer Files { get; init; }
}

/// <summary>Replaces files atomically. An interface because the server, not this library, knows how.</summary>
public interface IFileReplacer
{
    /// <summary>
    /// Makes <paramref name="path"/> hold exactly <paramref name="content"/>, by a temporary file beside it and a rename;
    /// does nothing when it does already.
    /// </summary>
    /// <param name="path">An absolute path; the directory must exist.</param>
    /// <param name="content">All of the new content.</param>
    /// <param name="mode">The file's mode, whatever the umask; 0644 if null.</param>
    /// <returns>True if the file was written, false if it held these bytes already.</returns>
    /// <exception cref="IOException">The disk is full, or the directory is missing or read-only; the old file is unchanged.</exception>
    bool Replace(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null);
}
