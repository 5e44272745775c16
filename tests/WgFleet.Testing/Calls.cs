using System.Threading.Channels;
using WgFleet.Hooks;

namespace WgFleet.Testing;

/// <summary>What the hooks under test were called with, and the gate that holds some of them back.</summary>
internal sealed class Calls
{
    private readonly Lock _gate = new();
    private readonly List<string> _made = [];
    private readonly Channel<string> _news = Channel.CreateUnbounded<string>();

    /// <summary>What was noted, in order.</summary>
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

    /// <summary>What failing hooks throw; null lets them succeed.</summary>
    public Exception? Error { get; set; } = new InvalidOperationException("Test error");

    public void Note(string what)
    {
        lock (_gate)
            _made.Add(what);

        Announce(what);
    }

    /// <summary>Tells <see cref="UntilAsync"/> only.</summary>
    public void Announce(string what) => _news.Writer.TryWrite(what);

    /// <summary>Completes when <paramref name="what"/> is noted or announced that no earlier call has waited for.</summary>
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
