using System.Runtime.InteropServices;

namespace WgFleet.Linux;

/// <summary>
/// A child process and its process group. It stays a zombie until it is reaped here, so that its process id, which is also the id of
/// the group, is not used again while it may be signaled.
/// </summary>
internal sealed class ExecChild
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProgramRun? _run;
    private bool _reaped;

    private ExecChild(int id, ProgramRun? run) => (Id, _run) = (id, run);

    public int Id { get; }

    /// <summary>Completes when the program itself has ended, even if other processes of its group still run.</summary>
    public Task Ended => _ended.Task;

    /// <summary>
    /// Starts a program, see <see cref="Interop.Spawn"/>. The thread that starts it also waits for its end: Linux ties the parent death signal
    /// (PR_SET_PDEATHSIG) to the thread that made the process, so this thread must not end first.
    /// </summary>
    /// <param name="program">An absolute path.</param>
    /// <param name="arguments">The arguments, the program's name first.</param>
    /// <param name="environment">The whole environment, NAME=value.</param>
    /// <param name="input">Becomes its standard input.</param>
    /// <param name="output">Becomes its standard output.</param>
    /// <param name="runs">Notes that the program runs, so that the next server can end what a crash of this one leaves; null for none.</param>
    /// <param name="error">Becomes its error output; null to use <paramref name="output"/> for that too.</param>
    /// <exception cref="IOException">It could not be started; the message is the system's.</exception>
    public static ExecChild Start(
        string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, SafeHandle input, SafeHandle output,
        ProgramRuns? runs = null, SafeHandle? error = null)
    {
        var run = runs?.Begin();
        var started = new TaskCompletionSource<ExecChild>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            new Thread(Run, maxStackSize: 128 * 1024) { IsBackground = true, Name = "program" }.Start();
            return started.Task.GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            run?.End();

            // .NET throws OutOfMemoryException at the limit of threads.
            if (e is OutOfMemoryException)
                throw new IOException("no thread to watch it", e);

            throw;
        }

        void Run()
        {
            ExecChild child;
            try
            {
                child = new ExecChild(Interop.Spawn(program, arguments, run is null ? environment : [.. environment, run.Mark], input, output, error ?? output), run);
                run?.Started(child.Id);
                started.SetResult(child);
            }
            catch (Exception e)
            {
                started.SetException(e);
                return;
            }

            Interop.WaitUntilEnded(child.Id);
            child._ended.SetResult();
        }
    }

    /// <summary>Signals the program and its group; does nothing once it is reaped.</summary>
    public void SignalGroup(int signal)
    {
        lock (_gate)
        {
            if (!_reaped)
                Interop.SignalGroup(Id, signal);
        }
    }

    /// <summary>
    /// Kills the program and all processes that it has started, also those with process groups of their own, but not those that have left
    /// its session (setsid(2)). Does nothing once it is reaped.
    /// </summary>
    public void KillSession()
    {
        lock (_gate)
        {
            if (_reaped)
                return;

            Interop.SignalGroup(Id, Interop.SigKill);
            ProcessSession.Kill(Id);
        }
    }

    /// <summary>Reaps the process after <see cref="Ended"/>, which frees its id; returns how it ended.</summary>
    public ExitStatus Reap()
    {
        lock (_gate)
        {
            _reaped = true;
            _run?.End();
            return new ExitStatus(Interop.Reap(Id));
        }
    }

    /// <summary>Reaps the process when it ends, for one that hangs in the kernel and that SIGKILL does not end.</summary>
    public void ReapLater() => _ = Ended.ContinueWith(_ => Reap(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
}

/// <summary>The exit status of a program, see wait(2).</summary>
/// <param name="Raw">The status; null if somebody else has taken it.</param>
internal readonly record struct ExitStatus(int? Raw)
{
    /// <summary>Its exit code; null if it has none.</summary>
    public int? Code => Raw is { } raw && (raw & 0x7F) == 0 ? (raw >> 8) & 0xFF : null;

    /// <summary>"exit 75", "signal 9".</summary>
    public override string ToString() => (Raw, Code) switch
    {
        (null, _) => "exit status lost",
        (_, { } code) => $"exit {code}",
        ({ } raw, null) => $"signal {raw & 0x7F}",
    };
}
