namespace WgFleet.History;

/// <summary>The last day in equal slots, aligned to the clock. A slot that was not written has the default value.</summary>
internal sealed class Day<T>(int slots)
    where T : struct
{
    private readonly T[] _values = new T[slots];
    private int _latest;

    /// <summary>The length of a slot.</summary>
    public TimeSpan Width => TimeSpan.FromDays(1) / slots;

    /// <summary>The slot of a time, for writing. Slots in between are cleared.</summary>
    public ref T At(DateTimeOffset now)
    {
        var slot = SlotOf(now);
        if (slot - _latest >= slots || _latest - slot >= slots)
        {
            Array.Clear(_values);
            _latest = slot;
        }

        while (_latest < slot)
            _values[++_latest % slots] = default;

        // After a small step back of the clock the latest slot is continued. After a larger one, what was written is of a time that has not come.
        if (_latest - slot > 1)
        {
            while (_latest > slot)
                _values[_latest-- % slots] = default;
        }

        return ref _values[_latest % slots];
    }

    /// <summary>The slots of the day that ends at <paramref name="now"/>, the oldest first.</summary>
    public T[] Until(DateTimeOffset now)
    {
        var (values, end) = (new T[slots], SlotOf(now));
        for (var i = 0; i < slots; i++)
        {
            var slot = end - slots + 1 + i;
            if (slot <= _latest && slot > _latest - slots)
                values[i] = _values[slot % slots];
        }

        return values;
    }

    /// <summary>When a slot of the day that ends at <paramref name="now"/> begins.</summary>
    public static DateTimeOffset StartOf(int index, int slots, DateTimeOffset now)
    {
        var width = 86_400 / slots;
        return DateTimeOffset.FromUnixTimeSeconds(((now.ToUnixTimeSeconds() / width) - slots + 1 + index) * width);
    }

    private int SlotOf(DateTimeOffset at) => (int)(at.ToUnixTimeSeconds() / (86_400 / slots));
}
