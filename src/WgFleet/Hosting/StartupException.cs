namespace WgFleet.Hosting;

/// <summary>The server cannot start; the message is the one line an operator reads, and says what to do next.</summary>
internal sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
