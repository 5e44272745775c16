namespace WgFleet.Hosting;

/// <summary>The server cannot start. The message is one line for the operator and says what to do next.</summary>
internal sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
