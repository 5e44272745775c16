namespace WgFleet.Hooks;

/// <summary>
/// A thread that calls hooks and does nothing else, so that one that a hook blocks for ever is missing nowhere. A lane's next
/// call is made on the thread of its last one; any other gets an idle thread, or a new one.
/// </summary>
internal sealed class HookThread
{
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(20);
    private static readonly Lock Gate = new();
    private static readonly List<HookThread> Idle = [];

    // Set only while the lane that waited for a call goes on here: what a hook's own code sets off is no call of that lane.
    [ThreadStatic]
    private static HookThread? _goingOn;

    private readonly object _wake = new();
    private HookRunner? _next;

    /// <summary>Has a runner make its call. Does not wait for it.</summary>
    public static void Run(HookRunner runner)
    {
        if (_goingOn is { _next: null } here)
        {
            here._next = runner;
            return;
        }

        if (TakeIdle() is { } idle)
        {
            lock (idle._wake)
            {
                idle._next = runner;
                Monitor.Pulse(idle._wake);
            }

            return;
        }

        // From the pool: starting a thread waits for it, which who has an event to tell shall not.
        ThreadPool.UnsafeQueueUserWorkItem(
            static next => new Thread(new HookThread { _next = next }.Loop) { IsBackground = true, Name = "hooks" }.UnsafeStart(), runner, preferLocal: false);
    }

    private static HookThread? TakeIdle()
    {
        lock (Gate)
        {
            if (Idle.Count == 0)
                return null;

            var last = Idle[^1];
            Idle.RemoveAt(Idle.Count - 1);
            return last;
        }
    }

    private void Loop()
    {
        var clean = ExecutionContext.Capture()!;
        while (true)
        {
            while (_next is { } runner)
            {
                _next = null;
                var ended = runner.Call();

                // What a hook has set for its thread, no other hook shall find.
                ExecutionContext.Restore(clean);
                if (!ended)
                    continue;

                _goingOn = this;
                runner.Tell();
                _goingOn = null;
            }

            lock (Gate)
                Idle.Add(this);

            lock (_wake)
            {
                while (_next is null)
                {
                    if (!Monitor.Wait(_wake, IdleLimit) && _next is null && GoneIdle())
                        return;
                }
            }
        }
    }

    /// <summary>False if somebody has taken it at the last moment.</summary>
    private bool GoneIdle()
    {
        lock (Gate)
            return Idle.Remove(this);
    }
}
