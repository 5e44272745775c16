namespace WgFleet.Hooks;

/// <summary>
/// What an operator did that no other event tells. Only hooks that name the type in their events, or a handler of this class, get it.
/// </summary>
/// <param name="Type">The kind of act, one of <see cref="OperatorActs"/>.</param>
/// <param name="Operator">Who did it.</param>
public sealed record OperatorActed(string Type, FleetOperator Operator) : FleetEvent
{
    /// <inheritdoc/>
    public override string Type { get; } = Type;

    /// <summary>The client that it was done to; null for other acts.</summary>
    public override Client? Client => OnClient;

    /// <summary>The client that it was done to; null for other acts.</summary>
    public Client? OnClient { get; init; }

    /// <inheritdoc/>
    public override string? Fleet => OnClient?.Fleet ?? OnFleet;

    /// <summary>The fleet that it was done to, or that a token is for; null for none, or for all.</summary>
    public string? OnFleet { get; init; }

    /// <summary>The name of the token that was created or revoked; null for other acts.</summary>
    public string? Token { get; init; }

    /// <summary>The hook that it was done to; null for other acts.</summary>
    public string? Hook { get; init; }

    /// <summary>What else is to be known, in words: "for machines, 200 uses"; null if nothing.</summary>
    public string? Detail { get; init; }

    /// <summary>An act that has no number yet.</summary>
    public static OperatorActed By(FleetOperator by, string type) => new(type, by) { Stamp = default };
}
