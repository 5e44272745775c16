using System.Diagnostics.CodeAnalysis;
using WgFleet.Linux;

namespace WgFleet.Hooks.Programs;

/// <summary>
/// A program that stays running: it gets lines on its standard input and answers each with a line on its standard output, in any order. A line that is
/// not answered in time ends the program with everything that it has started. In memory are only its last 4 KiB of error output,
/// one line of standard output, and the lines that are not answered yet. Safe for concurrent use.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "All is disposed of when the program has ended, which StopAsync waits for.")]
internal sealed partial class StreamProcess
{
    /// <summary>The maximum number of bytes in an answer.</summary>
    public const int LongestAnswer = 64 * 1024;

    /// <summary>The program is ended after so many lines in a row that are not answers.</summary>
    public const int MostNonsense = 1000;

    /// <summary>The time between the end of the input, SIGTERM and SIGKILL.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>How long a program may run after it has closed a pipe, and how long its output is read after its end.</summary>
    public static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly string _hook;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly Action<string> _onNonsense;
    private readonly ExecChild _child;
    private readonly ProgramOutput _output;
    private readonly ProgramInput _input;
    private readonly LineSplitter _lines;
    private readonly OutputTail _tail;
    private readonly OpenLines _open;
    private readonly TaskCompletionSource _mustEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Lock _tailGate = new();
    private volatile StreamEnd? _end;
    private volatile string? _why;
    private long _answers;

    // Used by the thread that reads only.
    private int _nonsense;

    private StreamProcess(string hook, ExecChild child, ProgramInput input, ProgramOutput output, TimeProvider time, ILogger log, Action<string> onNonsense)
    {
        (_hook, _child, _input, _output, _time, _log, _onNonsense) = (hook, child, input, output, time, log, onNonsense);
        _tail = new OutputTail(line => Log.Said(log, hook, line));
        _lines = new LineSplitter(LongestAnswer, OnLine, line => OnNonsense($"longer than {LongestAnswer / 1024} KiB", line));
        _open = new OpenLines(time, expired => End($"it did not answer {expired.Id} within {expired.Timeout.TotalSeconds:0.###} s"));
        StartedAt = time.GetUtcNow();
    }

    /// <summary>Its process id, which is also that of its session.</summary>
    public int Id => _child.Id;

    public DateTimeOffset StartedAt { get; }

    /// <summary>How many lines it has answered.</summary>
    public long Answers => Volatile.Read(ref _answers);

    /// <summary>Completes when it and every process of its session has ended. Never fails.</summary>
    public Task<StreamEnd> Ended { get; private set; } = null!;

    /// <summary>Starts a program, in a session of its own.</summary>
    /// <param name="hook">The hook's name, for the log.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">The whole environment, NAME=value.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Gets its error output at level Debug.</param>
    /// <param name="onNonsense">Called for each line of its standard output that is not an answer; must not block or throw.</param>
    /// <param name="runs">Notes that the program runs; null if nobody needs to know after a crash.</param>
    /// <exception cref="IOException">It could not be started.</exception>
    public static StreamProcess Launch(
        string hook, IReadOnlyList<string> command, IReadOnlyList<string> environment, TimeProvider time, ILogger log, Action<string> onNonsense, ProgramRuns? runs = null)
    {
        var input = new ProgramInput();
        var output = new ProgramOutput();
        ExecChild? child = null;
        try
        {
            child = ExecChild.Start(command[0], command, environment, input.ProgramEnd, output.OutputEnd, runs, output.ErrorEnd);
            input.Start();
            var process = new StreamProcess(hook, child, input, output, time, log, onNonsense);
            output.Start($"stream {child.Id}", process._lines.Add, process.OnError);
            process.Ended = process.RunAsync();
            return process;
        }
        catch (IOException)
        {
            child?.KillSession();
            child?.ReapLater();
            input.Dispose();
            output.Dispose();
            throw;
        }
    }

    /// <summary>Writes a line, and completes when it is answered or never will be. Never throws.</summary>
    /// <param name="id">The id in the line; no other line with this id may be unanswered.</param>
    /// <param name="line">The line, without a line break.</param>
    /// <param name="timeout">How long the answer may take from now on. The same for all lines.</param>
    public Task<StreamReply> AskAsync(string id, ReadOnlyMemory<byte> line, TimeSpan timeout)
    {
        var open = new OpenLine(id, timeout, Written());
        if (!_open.Add(open))
            return Task.FromResult(new StreamReply { Failure = $"the program has ended: {_end!.Reason}", Code = _end.Code, IsInnocent = true });

        open.Number = _input.Write(line);
        return open.Reply.Task;
    }

    /// <summary>Ends it: closes its input, and two seconds later sends SIGTERM, and after that SIGKILL. Completes when it has ended; never throws.</summary>
    public async Task StopAsync()
    {
        _input.Close();
        await WithinAsync(Ended, Grace);
        End("the server has stopped it");
        await Ended;
    }

    /// <summary>Ends it for a reason that operators read: SIGTERM, and two seconds later SIGKILL. Does not block.</summary>
    public void End(string reason)
    {
        _why ??= reason;
        _mustEnd.TrySetResult();
    }

    private async Task<StreamEnd> RunAsync()
    {
        await Task.WhenAny(_child.Ended, _output.OutputClosed, _input.Broken, _mustEnd.Task);

        // A program that ends closes its pipes a moment before.
        await WithinAsync(Task.WhenAny(_child.Ended, _mustEnd.Task), LastWords);
        var byItself = _child.Ended.IsCompleted && !_mustEnd.Task.IsCompleted;
        if (!_child.Ended.IsCompleted)
        {
            End(_input.Broken.IsCompleted ? "it has closed its standard input" : "it has closed its standard output");
            _child.SignalGroup(Interop.SigTerm);

            // The output ends when the last process that has it open has ended. Nothing else tells us that.
            await WithinAsync(Task.WhenAll(_child.Ended, _output.Ended), Grace);
        }

        // What it has started must not run at the same time as the next process.
        _child.KillSession();
        await WithinAsync(_child.Ended, LastWords);
        await WithinAsync(_output.Ended, LastWords);
        _output.Leave();
        await _output.Ended;
        _open.Dispose();
        var end = EndOf(byItself);
        Answer(end, byItself);
        _input.Dispose();
        _output.Dispose();
        return end;
    }

    private StreamEnd EndOf(bool byItself)
    {
        string? status = null;
        if (_child.Ended.IsCompleted)
        {
            status = _child.Reap().ToString();
        }
        else
        {
            _child.ReapLater();
            Log.Unkillable(_log, _hook, _child.Id);
        }

        lock (_tailGate)
            _tail.End();

        var code = _open.Expired is not null ? "timeout" : status ?? "signal 9";
        return new StreamEnd(code, With(byItself ? $"it ended by itself, {code}" : _why ?? code));
    }

    /// <summary>Answers all open lines, since the program will not.</summary>
    private void Answer(StreamEnd end, bool byItself)
    {
        _end = end;
        foreach (var line in _open.Close())
        {
            var expired = line == _open.Expired;
            line.Reply.TrySetResult(new StreamReply
            {
                Failure = expired ? With($"took longer than {line.Timeout.TotalSeconds:0.###} s")
                    : byItself ? With($"the program ended before it answered, {end.Code}")
                    : $"the program was ended: {end.Reason}",
                Code = end.Code,
                IsInnocent = !expired && (line.Number > _input.Sent || _open.Expired is not null),
                Log = LogSince(line.Mark),
            });
        }
    }

    private void OnLine(ReadOnlySpan<byte> text)
    {
        if (StreamAnswer.Read(text, out var problem) is not { } answer)
        {
            OnNonsense(problem!, text);
            return;
        }

        if (_open.Take(answer.Id) is not { } line)
        {
            OnNonsense("it answers an id that is not waiting for an answer", text);
            return;
        }

        _nonsense = 0;
        Volatile.Write(ref _answers, _answers + 1);
        line.Reply.TrySetResult(new StreamReply { Answer = answer, Log = LogSince(line.Mark) });
    }

    private void OnNonsense(string problem, ReadOnlySpan<byte> line)
    {
        _onNonsense($"{problem}: {StreamAnswer.Shown(line)}");
        if (++_nonsense == MostNonsense)
            End($"it wrote {MostNonsense} lines to its standard output that are not answers; the last one: {StreamAnswer.Shown(line)}");
    }

    private void OnError(ReadOnlySpan<byte> bytes)
    {
        lock (_tailGate)
            _tail.Add(bytes);
    }

    private long Written()
    {
        lock (_tailGate)
            return _tail.Written;
    }

    private string LogSince(long mark)
    {
        lock (_tailGate)
            return _tail.TextSince(mark);
    }

    private string With(string reason)
    {
        lock (_tailGate)
            return _tail.LastLine is { Length: > 0 } last ? $"{reason}: {last}" : reason;
    }

    private async Task WithinAsync(Task task, TimeSpan limit) => await task.WaitAsync(limit, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Hook {Hook}: {Line}")]
        public static partial void Said(ILogger log, string hook, string line);

        [LoggerMessage(2, LogLevel.Error, "Hook {Hook}: process {Process} did not end after SIGKILL. It probably hangs in the kernel, for example on a network mount that is gone; wg-fleet goes on without it")]
        public static partial void Unkillable(ILogger log, string hook, int process);
    }
}
