using WgFleet.Fleets.State;

namespace WgFleet.Fleets.Naming;

/// <summary>What becomes of a client's name when it pings.</summary>
/// <param name="Verdict">What it is.</param>
/// <param name="Hostname">The name that it is about; null for none.</param>
/// <param name="Holder">The client that has this name; null if none does.</param>
internal readonly record struct NameDecision(NameVerdict Verdict, string? Hostname = null, RegisteredClient? Holder = null)
{
    public static readonly NameDecision Keep = new(NameVerdict.Keep);

    public static readonly NameDecision Lose = new(NameVerdict.Lose);
}

/// <summary>The kinds of <see cref="NameDecision"/>.</summary>
internal enum NameVerdict
{
    /// <summary>The client keeps the name that it has, or stays without one.</summary>
    Keep,

    /// <summary>It gets the name, which is free.</summary>
    Give,

    /// <summary>It gets the name, which its holder loses.</summary>
    Take,

    /// <summary>It gets the first free one of name--2, name--3 and so on.</summary>
    Number,

    /// <summary>It loses the name that it has.</summary>
    Lose,

    /// <summary>It is told that another client has the name, and keeps the one that it has.</summary>
    Refuse,
}
