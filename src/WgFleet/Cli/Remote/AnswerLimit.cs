namespace WgFleet.Cli.Remote;

/// <summary>How long commands for monitoring wait for the server: they must end, whatever happens.</summary>
internal static class AnswerLimit
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Asks, and gives up after 5 s.</summary>
    /// <exception cref="AdminException">The server does not answer in time.</exception>
    public static async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Limit);
        try
        {
            return await ask(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AdminException($"the server does not answer within {Limit.TotalSeconds:0} s") { NoServer = true };
        }
    }
}
