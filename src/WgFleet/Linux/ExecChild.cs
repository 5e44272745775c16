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
    private bool _reaped;

    private ExecChild(int id) => Id = id;

    public int Id { get; }

    /// <summary>Completes when the program itself has ended, even if others of its group still run.</summary>
    public Task Ended => _ended.Task;

    /// <inheritdoc cref="Interop.Spawn"/>
    public static ExecChild Start(string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, SafeHandle input, SafeHandle output)
    {
        var child = new ExecChild(Interop.Spawn(program, arguments, environment, input, output));
        try
        {
            new Thread(child.Watch, maxStackSize: 128 * 1024) { IsBackground = true, Name = $"exec {child.Id}" }.Start();
            return child;
        }
        catch (OutOfMemoryException e)
        {
            // .NET throws this at the limit of threads. A program without a watcher must not keep running.
            child.SignalGroup(Interop.SigKill);
            child.Watch();
            child.Reap();
            throw new IOException("no thread to watch it", e);
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

    /// <summary>Reaps the process after <see cref="Ended"/>, which frees its id; returns how it ended.</summary>
    public ExitStatus Reap()
    {
        lock (_gate)
        {
            _reaped = true;
            return new ExitStatus(Interop.Reap(Id));
        }
    }

    /// <summary>Reaps the process when it ends, for one that hangs in the kernel and that SIGKILL does not end.</summary>
    public void ReapLater() => _ = Ended.ContinueWith(_ => Reap(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private void Watch()
    {
        Interop.WaitUntilEnded(Id);
        _ended.SetResult();
    }
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
