namespace WgFleet.Fleets.State;

/// <summary>We won't, and the message says why to the caller. Nothing was changed.</summary>
internal sealed class RefusedException(Refusal reason, string message) : Exception(message)
{
    public Refusal Reason { get; } = reason;
}

/// <summary>Why a request was refused.</summary>
internal enum Refusal
{
    UnknownFleet,
    FleetFull,
    KeyTaken,
    Token,
    NotRegistered,
    NothingHeld,
    OtherSweep,
    Unseen,
    NameTaken,
    AddressTaken,
    IsBack,
    FleetGone,
}
