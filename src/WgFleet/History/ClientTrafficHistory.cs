namespace WgFleet.History;

/// <summary>The traffic of one client over the last day, in quarters of an hour.</summary>
/// <remarks>
/// What it takes: 96 slots of 2 x 2 bytes are 384, with the objects around them and the place in the fleet's table about 550 bytes; so
/// 10,000 clients that all had traffic take 5.5 MB, and each that had none 100 bytes. That is what the short numbers below are for.
/// </remarks>
/// <param name="known">What was counted when it began; null if nobody knows, so that the first count tells nothing.</param>
internal sealed class ClientTrafficHistory((long Received, long Sent)? known)
{
    public const int Slots = 96;

    private (long Received, long Sent)? _known = known;
    private Day<(ushort Received, ushort Sent)>? _day;
    private DateTimeOffset _slot;
    private long _received;
    private long _sent;

    /// <summary>Takes a new count; returns by how much it has grown.</summary>
    public (long Received, long Sent) Take((long Received, long Sent) counted, DateTimeOffset now)
    {
        var (received, sent) = _known is { } before ? (Growth(before.Received, counted.Received), Growth(before.Sent, counted.Sent)) : (0, 0);
        _known = counted;
        if (received == 0 && sent == 0)
            return default;

        // Added up in full here: what is added to a short number might be too little to move it.
        var slot = Day<int>.StartOf(Slots - 1, Slots, now);
        (_received, _sent) = slot == _slot ? (_received + received, _sent + sent) : (received, sent);
        _slot = slot;
        (_day ??= new(Slots)).At(now) = (Short(_received), Short(_sent));
        return (received, sent);
    }

    /// <summary>The bytes of each slot of the day that ends at a time.</summary>
    public (double Received, double Sent)[] Until(DateTimeOffset now) =>
        [.. (_day?.Until(now) ?? new (ushort, ushort)[Slots]).Select(s => (Long(s.Item1), Long(s.Item2)))];

    // A count that is smaller than before began anew, from zero: with its peer, its interface or the machine.
    private static long Growth(long before, long now) => now >= before ? now - before : now;

    // The upper half of a float: of any size, and off by a two hundredth at most, which no chart shows.
    private static ushort Short(long bytes) => (ushort)((BitConverter.SingleToUInt32Bits(bytes) + 0x8000) >> 16);

    private static double Long(ushort bytes) => BitConverter.UInt32BitsToSingle((uint)bytes << 16);
}
