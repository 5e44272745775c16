namespace WgFleet.Fleets.State;

/// <summary>What holds for a fleet that is frozen: nobody is pruned, and who has a name keeps it.</summary>
/// <param name="Since">When it was frozen.</param>
/// <param name="By">Who froze it.</param>
internal sealed record Freeze(DateTimeOffset Since, string By);
