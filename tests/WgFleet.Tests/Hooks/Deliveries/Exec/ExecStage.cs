using System.Globalization;
using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Exec;

namespace WgFleet.Tests.Hooks.Deliveries.Exec;

/// <summary>A program, an event for it, and a clock that stands still unless told otherwise.</summary>
internal sealed class ExecStage : IDisposable
{
    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ExecFolder Folder { get; } = new();

    public ManualTime Time { get; } = new();

    public OutputLog Log { get; } = new();

    public static DeliveryAttempt Attempt(FleetEvent? e = null, byte[]? envelope = null, int number = 1)
    {
        e ??= new World().Add().Events[0];
        return new DeliveryAttempt(e, envelope ?? EventEnvelope.Write(e, "example.test"), number);
    }

    public ExecDelivery Delivery(string command, params string[] args) => Delivery(new ExecConfig { Command = command, Args = args, User = ExecFolder.User });

    public ExecDelivery Delivery(ExecConfig config) => new("cmdb", config, Time, Log);

    /// <summary>One attempt at a script of these lines.</summary>
    public Task<DeliveryOutcome> RunAsync(string lines, params string[] args) => Delivery(Folder.Script(lines), args).DeliverAsync(Attempt(), Ct);

    /// <summary>Lets the clock run from timer to timer until the task is done.</summary>
    public async Task<T> UntilDoneAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            if (Time.UntilNextTimer is { } next)
                Time.Advance(next);

            await Task.WhenAny(task, Task.Delay(10, Ct));
        }

        return await task;
    }

    /// <summary>Whether a process runs; one that has ended but is not reaped does not.</summary>
    public static bool Runs(string pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Waits until a process that is no child of ours has ended, of which nothing tells us.</summary>
    public static async Task GoneAsync(string pid)
    {
        while (Runs(pid))
            await Task.Delay(10, Ct);
    }

    public static void Kill(string pid) => ExecFolder.Command("kill", "-KILL", int.Parse(pid, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture));

    public void Dispose() => Folder.Dispose();

    /// <summary>Hears what the program says, as it says it.</summary>
    internal sealed class OutputLog : ILogger
    {
        private const string Prefix = "Hook cmdb: ";

        private readonly List<(LogLevel Level, string Message)> _lines = [];
        private readonly List<(string Start, TaskCompletionSource<string> Heard)> _waiting = [];

        public IReadOnlyList<(LogLevel Level, string Message)> Lines
        {
            get
            {
                lock (_lines)
                    return [.. _lines];
            }
        }

        /// <summary>The rest of the first line of output that begins so.</summary>
        public Task<string> HearAsync(string start)
        {
            lock (_lines)
            {
                if (_lines.Find(l => l.Message.StartsWith(Prefix + start, StringComparison.Ordinal)).Message is { } line)
                    return Task.FromResult(line[(Prefix + start).Length..].Trim());

                var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Add((Prefix + start, heard));
                return heard.Task.WaitAsync(Ct);
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
            {
                var message = formatter(state, exception);
                _lines.Add((logLevel, message));
                foreach (var (start, heard) in _waiting.Where(w => message.StartsWith(w.Start, StringComparison.Ordinal)))
                    heard.TrySetResult(message[start.Length..].Trim());
            }
        }
    }
}
