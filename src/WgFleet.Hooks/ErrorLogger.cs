using Microsoft.Extensions.Logging;

namespace WgFleet.Hooks;

/// <summary>Logs to standard error, which wg-fleet keeps with the delivery and logs under the hook's name.</summary>
internal sealed class ErrorLogger(string hook) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;

        var level = logLevel == LogLevel.Information ? "" : $"{logLevel}: ";
        Console.Error.WriteLine($"{level}{formatter(state, exception)}{(exception is null ? "" : $"{Environment.NewLine}{exception}")}");
    }

    /// <summary>Logs an exception of the hook.</summary>
    public void Failed(Exception e) => Console.Error.WriteLine($"{hook} failed: {e}");
}
