namespace WgFleet.Hosting;

/// <summary>
/// The process cannot continue, because its memory may differ from the database. It ends with this message and an exit code other than 0,
/// and the next start reads the database.
/// </summary>
internal sealed class FatalException(string message, Exception? inner = null) : Exception(message, inner);
