namespace WgFleet.Config;

/// <summary>Which machines wait until an operator lets them in to a fleet. Clients that register again never do.</summary>
internal enum ApprovalPolicy
{
    /// <summary>No machine.</summary>
    None,

    /// <summary>Each machine.</summary>
    Operator,

    /// <summary>Each machine that belongs on no seat of the roster.</summary>
    Roster,
}
