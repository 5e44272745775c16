namespace WgFleet.Hosting;

/// <summary>
/// The process cannot go on, because what it holds in memory may differ from the database. It ends with this line and a code that is not 0,
/// and starts again from the database.
/// </summary>
internal sealed class FatalException(string message, Exception? inner = null) : Exception(message, inner);
