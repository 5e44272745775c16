namespace WgFleet.Config;

/// <summary>What a client of a fleet gets when it asks for a name. What an operator has said goes before each of them.</summary>
internal enum HostnamePolicy
{
    /// <summary>The name; if another client has it, the first free one of name--2, name--3 and so on.</summary>
    Suffix,

    /// <summary>The name, also if a client has it that is offline and loses it; if an online one has it, as with <see cref="Suffix"/>.</summary>
    Takeover,

    /// <summary>The name, or an error if another client has it.</summary>
    Refuse,

    /// <summary>The name of its seat in the roster, whatever it asks for, and none without a seat.</summary>
    Roster,
}
