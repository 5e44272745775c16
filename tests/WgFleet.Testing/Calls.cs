using System.Threading.Channels;
using WgFleet.Hooks;

namespace WgFleet.Testing;

/// <summary>The calls of the hooks under test, and a gate that can delay them.</summary>
internal sealed class Calls
{
    private readonly Lock _gate = new();
    private readonly List<string> _made = [];
    private readonly Channel<string> _news = Channel.CreateUnbounded<string>();

    /// <summary>The notes, in order.</summary>
    public IReadOnlyList<string> Made
    {
        get
        {
            lock (_gate)
                return [.. _made];
        }
    }

    public ManualResetEventSlim Gate { get; } = new();

    public HookContext? LastContext { get; set; }

    public FleetEvent? LastEvent { get; set; }

    public Thread? LastThread { get; set; }

    /// <summary>The exception of failing hooks; null if they succeed.</summary>
    public Exception? Error { get; set; } = new InvalidOperationException("Test error");

    public void Note(string what)
    {
        lock (_gate)
            _made.Add(what);

        Announce(what);
    }

    /// <summary>Notifies <see cref="UntilAsync"/> only.</summary>
    public void Announce(string what) => _news.Writer.TryWrite(what);

    /// <summary>Completes at the next note or announcement of <paramref name="what"/> that no earlier call has waited for.</summary>
    public async Task UntilAsync(string what)
    {
        await foreach (var noted in _news.Reader.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (noted == what)
                return;
        }
    }

    public void Release() => Gate.Set();
}
