using System.Text.Json.Serialization;
using WgFleet.Store.Approvals;

namespace WgFleet.Http.Api;

/// <summary>The machines that ask to be let in to a fleet.</summary>
/// <param name="Fleet">The fleet's name.</param>
/// <param name="Machines">Those that wait and those about which an operator has said yes or no, in the order in which they first asked; after a change, those that it changed.</param>
internal sealed record ApprovalsResponse(string Fleet, IReadOnlyList<ApprovalInfo> Machines);

/// <summary>A machine that asks to be let in.</summary>
internal sealed record ApprovalInfo
{
    /// <summary>The words of <see cref="State"/>.</summary>
    public static readonly IReadOnlyList<string> States = ["waiting", "approved", "refused"];

    public required string PublicKey { get; init; }

    /// <summary>"waiting", "approved" or "refused".</summary>
    public required string State { get; init; }

    /// <summary>The address that it asked from first.</summary>
    public required string Source { get; init; }

    /// <summary>What it says of itself.</summary>
    public IReadOnlyDictionary<string, string>? Facts { get; init; }

    public DateTimeOffset AskedAt { get; init; }

    public DateTimeOffset LastAskedAt { get; init; }

    /// <summary>When an operator said yes or no; absent while it waits.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Who said it.</summary>
    public string? DecidedBy { get; init; }

    public static ApprovalInfo Of(AskingMachine machine) => new()
    {
        PublicKey = machine.Key.ToString(),
        State = machine.IsApproved switch { null => States[0], true => States[1], false => States[2] },
        Source = machine.Source,
        Facts = machine.Facts.Count == 0 ? null : machine.Facts,
        AskedAt = machine.AskedAt,
        LastAskedAt = machine.LastAsked,
        DecidedAt = machine.DecidedAt,
        DecidedBy = machine.DecidedBy,
    };
}

/// <summary>What an operator says to machines that wait.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ApprovalRequest
{
    /// <summary>The words of <see cref="Act"/>.</summary>
    public static readonly IReadOnlyList<string> Acts = ["approve", "refuse"];

    /// <summary>"approve" or "refuse".</summary>
    public string? Act { get; init; }

    /// <summary>The public keys of the machines, or at least the first four characters of each.</summary>
    public IReadOnlyList<string>? Machines { get; init; }

    /// <summary>True for all that wait; no machines then.</summary>
    public bool? All { get; init; }
}
