using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Hooks.Admin;

/// <summary><c>wg-fleet hooks deadletters</c>. All methods block for the database.</summary>
internal sealed partial class HookAdmin
{
    /// <summary>The latest dead letters of one hook or, with null, of all hooks that ever ran here.</summary>
    /// <param name="name">The hook.</param>
    /// <param name="limit">The most of each hook.</param>
    public IReadOnlyList<DeliveryInfo> DeadLetters(string? name, int limit = MaxListed)
    {
        var names = store.Names();
        if (name is not null && !names.Contains(name))
            WithEvents(name);

        return [.. names.Where(n => name is null || n == name).SelectMany(n => Infos(store.Deliveries(n, DeliveryState.Dead, limit)))];
    }

    /// <summary>One dead letter.</summary>
    public DeliveryInfo DeadLetter(string name, long sequence) =>
        store.Delivery(name, sequence) is { State: DeliveryState.Dead } row
            ? Infos([row])[0]
            : throw new RefusedException(Refusal.NotFound, $"hook '{name}' has no dead letter {sequence}; 'wg-fleet hooks deadletters list' shows those there are");

    /// <summary>Tries dead letters again; returns how many.</summary>
    /// <param name="name">The hook.</param>
    /// <param name="sequence">The one event; null for all.</param>
    public int RetryDead(string name, long? sequence)
    {
        if (sequence is { } one)
            DeadLetter(name, one);

        return WithEvents(name).Worker.RetryDead(sequence);
    }

    /// <summary>Deletes dead letters, those too of a hook that is no longer configured; returns how many.</summary>
    /// <param name="name">The hook.</param>
    /// <param name="sequence">The one event; null for all.</param>
    public int DropDead(string name, long? sequence)
    {
        if (sequence is { } one)
            DeadLetter(name, one);

        return hooks.Find(name) is null && store.Names().Contains(name) ? store.Drop(name, sequence) : WithEvents(name).Worker.DropDead(sequence);
    }
}
