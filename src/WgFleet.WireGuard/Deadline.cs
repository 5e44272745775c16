namespace WgFleet.WireGuard;

/// <summary>Limits the time of one request.</summary>
internal static class Deadline
{
    /// <summary>The limit for requests that the kernel or a program answers at once.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(5);

    /// <summary>Runs a request that ends when its token is cancelled.</summary>
    /// <exception cref="WireGuardException">There was no answer within the limit.</exception>
    public static async Task<T> RunAsync<T>(
        string interfaceName, TimeSpan limit, TimeProvider time, Func<CancellationToken, Task<T>> question, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await question(either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WireGuardException($"{interfaceName} did not answer within {limit.TotalSeconds:0.#} s", e);
        }
    }
}
