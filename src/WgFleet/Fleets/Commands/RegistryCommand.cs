using WgFleet.Fleets.State;

namespace WgFleet.Fleets.Commands;

/// <summary>Something a caller wants of the writer, and the caller's wait for it.</summary>
internal abstract class RegistryCommand
{
    /// <summary>The fleet without whose WireGuard the command cannot succeed; null if it can.</summary>
    public virtual string? NeedsTunnel => null;

    /// <summary>Decides, in memory, against the draft. Called once, on the writer.</summary>
    /// <exception cref="RefusedException">It won't be done; the draft is as it was.</exception>
    public abstract void Decide(Batch draft);

    /// <summary>The decision is on disk. On the writer.</summary>
    public virtual void Committed()
    {
    }

    /// <summary>Takes the decision back out of the draft, when WireGuard would not have it.</summary>
    public virtual void Revert(Batch draft)
    {
    }

    /// <summary>Everything is done and published: answers the caller.</summary>
    public abstract void Done();

    /// <summary>Answers the caller that nothing was done.</summary>
    public abstract void Failed(Exception e);
}

/// <summary>A command with an answer.</summary>
internal abstract class RegistryCommand<TResult> : RegistryCommand
{
    // Continuations elsewhere: the writer answers, it does not do the callers' work.
    private readonly TaskCompletionSource<TResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> Answer => _answer.Task;

    protected TResult? Result { get; set; }

    public override void Done() => _answer.TrySetResult(Result!);

    public override void Failed(Exception e) => _answer.TrySetException(e);
}
