using System.Net;
using WgFleet.Fleets.State;
using WgFleet.WireGuard;

namespace WgFleet.Queries;

/// <summary>What an operator typed to name a client, as the database has it: an address, a public key or a name, in one case.</summary>
/// <param name="Text">The address, the key, or the name without fleet and domain.</param>
/// <param name="Fleet">The fleet that was named, also as part of the name; null if none was.</param>
internal readonly record struct ClientName(string Text, string? Fleet)
{
    /// <summary>Reads an address, public key, name, name.fleet or full name.</summary>
    /// <param name="snapshot">Its fleets and its domain are known.</param>
    /// <param name="text">What was typed, or a part of a path.</param>
    /// <param name="fleet">The fleet that was named beside it; null for none.</param>
    public static ClientName Of(Snapshot snapshot, string text, string? fleet)
    {
        var (meant, only) = (Unescaped(text), fleet is null ? null : OfFleet(snapshot, fleet));
        if (WireGuardKey.TryParse(meant, out _))
            return new(meant, only);

        // "10" is a name, although it is read as an address too.
        if ((meant.Contains(':', StringComparison.Ordinal) || meant.Count(c => c == '.') == 3) && IPAddress.TryParse(meant, out var address))
            return new(address.ToString(), only);

        var name = Without(meant, $".{snapshot.Domain}");
        foreach (var known in snapshot.Fleets.Select(f => f.Config.Name).Where(n => only is null || n == only))
        {
            if (name.EndsWith($".{known}", StringComparison.OrdinalIgnoreCase))
                return new(name[..^(known.Length + 1)].ToLowerInvariant(), known);
        }

        // Names are stored in lower case; what follows a dot may be a fleet that is no longer configured.
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return new(dot < 0 ? name.ToLowerInvariant() : name[..dot].ToLowerInvariant() + name[dot..], only);
    }

    /// <summary>The name of a fleet as the configuration has it; as it is if there is no such fleet.</summary>
    public static string OfFleet(Snapshot snapshot, string name) =>
        snapshot.Fleets.Select(f => f.Config.Name).FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name;

    /// <summary>A part of a path, unescaped: routing leaves %2F as it is, and half of all base64 keys have a slash.</summary>
    public static string Unescaped(string text) => text.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static string Without(string text, string ending) => text.EndsWith(ending, StringComparison.OrdinalIgnoreCase) ? text[..^ending.Length] : text;
}
