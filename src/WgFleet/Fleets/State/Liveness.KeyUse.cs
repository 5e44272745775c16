using System.Net;

namespace WgFleet.Fleets.State;

/// <content>Whether several machines use the client's key.</content>
internal sealed partial class Liveness
{
    // The machine of the latest ping that said which one it is; the first number is 0 before.
    private ulong _start;
    private ulong _identity;
    private KeyUse? _use;

    /// <summary>Notes which machine pings; true if it is to make a key of its own, because it is a copy of the one that registered. Call it before <see cref="Pinged"/>.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="facts">What the machine that registered with the key said of itself.</param>
    /// <param name="now">The time.</param>
    public bool PingedBy(Machine machine, IReadOnlyDictionary<string, string> facts, DateTimeOffset now)
    {
        var before = new Machine(Volatile.Read(ref _start), Volatile.Read(ref _identity));
        var use = Volatile.Read(ref _use);
        if (use is null && (before.Start == machine.Start || before.Start == 0))
        {
            Keep(machine);
            return false;
        }

        Keep(machine);
        return (use ?? Use()).Pinged((before, LastPing), machine, Machine.IdentityOf(facts), now);
    }

    /// <summary>Whether the machine that registered with the key, with these facts, pinged lately and is another one than this.</summary>
    public bool IsUsedByAnother(Machine machine, IReadOnlyDictionary<string, string> facts, DateTimeOffset now)
    {
        var registered = Machine.IdentityOf(facts);
        if (registered == 0)
            return false;

        var last = new Machine(Volatile.Read(ref _start), Volatile.Read(ref _identity));
        return (last.Start != machine.Start && last.Identity == registered && !KeyUse.IsOver(LastPing, now))
            || Volatile.Read(ref _use)?.HasAnother(machine, registered, now) == true;
    }

    /// <summary>What shows that several machines use the key; null if nothing does.</summary>
    public SharedKey? Shared(DateTimeOffset now) => WithEndpoint(Volatile.Read(ref _use)?.Shared(now));

    /// <summary>The same, once for as long as it lasts.</summary>
    public SharedKey? TakeUntoldSharing(DateTimeOffset now)
    {
        if (Volatile.Read(ref _use) is not { } use)
            return null;

        if (use.IsIdle(now))
            Volatile.Write(ref _use, null);

        return WithEndpoint(use.TakeUntold(now));
    }

    /// <summary>Takes back that it was told.</summary>
    public void MarkSharingUntold() => Volatile.Read(ref _use)?.MarkUntold();

    private void Moved(IPEndPoint from, IPEndPoint to, DateTimeOffset now) => Use().Moved(from, to, now);

    private void Keep(Machine machine)
    {
        Volatile.Write(ref _identity, machine.Identity);
        Volatile.Write(ref _start, machine.Start);
    }

    private KeyUse Use() => Volatile.Read(ref _use) ?? Interlocked.CompareExchange(ref _use, new KeyUse(), null) ?? _use!;

    private SharedKey? WithEndpoint(SharedKey? shared) => shared is { Endpoints: [] } && Endpoint is { } only ? shared with { Endpoints = [only.ToString()] } : shared;
}
