namespace WgFleet.Access;

/// <summary>What a person may do, in all fleets and in some.</summary>
/// <param name="Everywhere">In all fleets, and with what is about no fleet.</param>
/// <param name="Fleets">In these fleets, besides.</param>
internal sealed record FleetRights(Permission Everywhere, IReadOnlyDictionary<string, Permission> Fleets)
{
    /// <summary>The most that the person may do anywhere.</summary>
    public Permission Most => Fleets.Values.Append(Everywhere).Max();

    /// <summary>In one sentence's words, such as "read; write in alpha".</summary>
    public string Text => string.Join("; ", Fleets.Where(f => f.Value > Everywhere).GroupBy(f => f.Value).Select(g => $"{Word(g.Key)} in {string.Join(" and ", g.Select(f => f.Key))}")
        .Prepend(Everywhere == Permission.None ? "" : Word(Everywhere)).Where(t => t.Length > 0));

    /// <summary>What the person may do in that fleet.</summary>
    public Permission In(string fleet) => Fleets.GetValueOrDefault(fleet) is var there && there > Everywhere ? there : Everywhere;

    private static string Word(Permission permission) => permission == Permission.Write ? "write" : "read";
}
