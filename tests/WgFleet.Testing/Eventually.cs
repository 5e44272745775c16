namespace WgFleet.Testing;

/// <summary>Waits for conditions without a notification, such as a file on disk or the end of a thread.</summary>
internal static class Eventually
{
    /// <summary>Completes when <paramref name="condition"/> holds; fails after three minutes, which means that something hangs.</summary>
    public static Task True(Func<bool> condition, Action? meanwhile = null) => True(() => Task.FromResult(condition()), meanwhile);

    /// <inheritdoc cref="True(Func{bool}, Action?)"/>
    public static async Task True(Func<Task<bool>> condition, Action? meanwhile = null)
    {
        var deadline = DateTime.UtcNow.AddMinutes(3);
        while (!await condition())
        {
            DateTime.UtcNow.ShouldBeLessThan(deadline, "it did not happen within three minutes");
            meanwhile?.Invoke();
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
    }
}
