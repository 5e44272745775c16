namespace WgFleet.Access.Approvals;

/// <summary>What a machine is answered that is not a client yet.</summary>
internal enum ApprovalAnswer
{
    /// <summary>It may register.</summary>
    Admitted,

    /// <summary>It waits until an operator has said yes or no.</summary>
    Waiting,

    /// <summary>An operator has said no.</summary>
    Refused,

    /// <summary>As many machines wait as may, so it is not noted.</summary>
    Full,
}
