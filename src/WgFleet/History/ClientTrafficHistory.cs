namespace WgFleet.History;

/// <summary>The traffic of one client over the last day, in slots of 15 minutes.</summary>
/// <remarks>
/// Memory: 96 slots of 2 x 2 bytes are 384, with the objects around them about 550 bytes. So 10,000 clients with traffic take 5.5 MB; a client
/// without traffic takes 100 bytes. That is why slots hold 16-bit numbers.
/// </remarks>
/// <param name="known">The counters when sampling began; null if unknown, so that the first count is only a starting point.</param>
internal sealed class ClientTrafficHistory((long Received, long Sent)? known)
{
    public const int Slots = 96;

    private (long Received, long Sent)? _known = known;
    private Day<(ushort Received, ushort Sent)>? _day;
    private DateTimeOffset _slot;
    private long _received;
    private long _sent;

    /// <summary>Takes the present counters; returns by how much they grew.</summary>
    public (long Received, long Sent) Take((long Received, long Sent) counted, DateTimeOffset now)
    {
        var (received, sent) = _known is { } before ? (Growth(before.Received, counted.Received), Growth(before.Sent, counted.Sent)) : (0, 0);
        _known = counted;
        if (received == 0 && sent == 0)
            return default;

        // The running slot is summed in full precision: a small amount added to a 16-bit number could be lost.
        var slot = Day<int>.StartOf(Slots - 1, Slots, now);
        (_received, _sent) = slot == _slot ? (_received + received, _sent + sent) : (received, sent);
        _slot = slot;
        (_day ??= new(Slots)).At(now) = (Short(_received), Short(_sent));
        return (received, sent);
    }

    /// <summary>Bytes per slot of the day that ends at <paramref name="now"/>.</summary>
    public (double Received, double Sent)[] Until(DateTimeOffset now) =>
        [.. (_day?.Until(now) ?? new (ushort, ushort)[Slots]).Select(s => (Long(s.Item1), Long(s.Item2)))];

    // A counter smaller than before started again from zero: the peer, the interface or the machine is new.
    private static long Growth(long before, long now) => now >= before ? now - before : now;

    // The upper half of a float: any size, at most 0.5 % off, which no chart shows.
    private static ushort Short(long bytes) => (ushort)((BitConverter.SingleToUInt32Bits(bytes) + 0x8000) >> 16);

    private static double Long(ushort bytes) => BitConverter.UInt32BitsToSingle((uint)bytes << 16);
}
