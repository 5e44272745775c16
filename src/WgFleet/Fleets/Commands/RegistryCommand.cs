using WgFleet.Fleets.State;

namespace WgFleet.Fleets.Commands;

/// <summary>A change for the writer, with the answer that the caller waits for.</summary>
internal abstract class RegistryCommand
{
    /// <summary>Decides the change in memory, against the batch. Called once, on the writer; must not wait for anything.</summary>
    /// <exception cref="RefusedException">The change is refused; the batch is as it was.</exception>
    /// <exception cref="Tunnels.TunnelException">The fleet's interface is down, and the change needs it; the batch is as it was.</exception>
    public abstract void Decide(Batch batch);

    /// <summary>Answers the caller: the change is done and published.</summary>
    public abstract void Done();

    /// <summary>Answers the caller that nothing was done, and why.</summary>
    public abstract void Failed(Exception e);
}

/// <summary>A command with a result.</summary>
internal abstract class RegistryCommand<TResult> : RegistryCommand
{
    // Continuations run elsewhere: the writer answers, it does not do the callers' work.
    private readonly TaskCompletionSource<TResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> Answer => _answer.Task;

    protected TResult? Result { get; set; }

    public override void Done() => _answer.TrySetResult(Result!);

    public override void Failed(Exception e) => _answer.TrySetException(e);
}
