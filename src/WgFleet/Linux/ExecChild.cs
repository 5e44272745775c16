using System.Runtime.InteropServices;

namespace WgFleet.Linux;

/// <summary>
/// A program that was started, with whatever it starts in its process group. Stays a zombie until it is reaped here, so that its
/// number, which is the group's too, is no other's for as long as it may be signalled.
/// </summary>
internal sealed class ExecChild
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _reaped;

    private ExecChild(int id) => Id = id;

    public int Id { get; }

    /// <summary>Completes when the program itself has ended, whoever else of its group still runs.</summary>
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
            // What .NET says at a limit of threads; a program that nobody watches must not stay.
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

    /// <summary>Frees its number, after <see cref="Ended"/>; how it ended.</summary>
    public ExitStatus Reap()
    {
        lock (_gate)
        {
            _reaped = true;
            return new ExitStatus(Interop.Reap(Id));
        }
    }

    /// <summary>Reaps it whenever it ends: for one that even SIGKILL does not end, since it hangs in the kernel.</summary>
    public void ReapLater() => _ = Ended.ContinueWith(_ => Reap(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private void Watch()
    {
        Interop.WaitUntilEnded(Id);
        _ended.SetResult();
    }
}

/// <summary>How a program ended, in the words of wait(2).</summary>
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
