namespace WgFleet.Queries.RollCalls;

/// <summary>What a roll call finds on a seat.</summary>
internal enum SeatState
{
    /// <summary>The machine that belongs there is online.</summary>
    Present,

    /// <summary>No machine that belongs there is online.</summary>
    Missing,

    /// <summary>Several machines that belong there are online.</summary>
    Double,

    /// <summary>The machine that belongs there is online, but plugged in at another seat, or called as another seat's machine.</summary>
    WrongSeat,

    /// <summary>The machine that belongs there is online, but does not say that it runs the image that it should.</summary>
    OldImage,
}

/// <summary>The states as programs read them.</summary>
internal static class SeatStates
{
    public static string Text(this SeatState state) => state switch
    {
        SeatState.Present => "present",
        SeatState.Missing => "missing",
        SeatState.Double => "double",
        SeatState.WrongSeat => "wrong_seat",
        _ => "old_image",
    };
}
