namespace WgFleet.Linux;

/// <summary>
/// What a process that was killed a moment ago can still hold. A child that it had just forked has its descriptors, with their locks and ports,
/// until the child calls exec (fork(2), fcntl(2)), which takes a while on a busy machine. A database server needs a moment to notice that the process is gone.
/// </summary>
internal static class Leftovers
{
    private const int MaxAttempts = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Tries to take a lock or a port until it succeeds, for a second at most. Blocks.</summary>
    /// <param name="take">One attempt; false if it is held by somebody.</param>
    /// <returns>False if it was held all the time.</returns>
    public static bool Take(Func<bool> take)
    {
        for (var attempt = 1; !take(); attempt++)
        {
            if (attempt == MaxAttempts)
                return false;

            Thread.Sleep(Pause);
        }

        return true;
    }
}
