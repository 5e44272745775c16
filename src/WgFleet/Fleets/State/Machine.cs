using System.Globalization;
using WgFleet.Store;

namespace WgFleet.Fleets.State;

/// <summary>Which machine pings, as it says itself: by this, machines that have one key are told apart.</summary>
/// <param name="Start">A number that the machine has drawn since its last start, so that it never comes again after the next one.</param>
/// <param name="Identity">A hash of what tells the machine from its copies, as in the fact <see cref="Facts.Identity"/>; 0 if it does not say.</param>
internal readonly record struct Machine(ulong Start, ulong Identity)
{
    /// <summary>The length of a number in hexadecimal digits.</summary>
    private const int Digits = 16;

    /// <summary>Reads both numbers, or only the first, in 16 hexadecimal digits each and with a blank between them.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Machine machine)
    {
        machine = default;
        if (text.Length < Digits || !TryRead(text[..Digits], out var start) || start == 0)
            return false;

        var identity = 0UL;
        if (text.Length > Digits && (text[Digits] != ' ' || !TryRead(text[(Digits + 1)..], out identity)))
            return false;

        machine = new(start, identity);
        return true;
    }

    /// <summary>The identity that a machine registered with; 0 if it did not say.</summary>
    public static ulong IdentityOf(IReadOnlyDictionary<string, string> facts) => TryRead(facts.GetValueOrDefault(Facts.Identity), out var identity) ? identity : 0;

    private static bool TryRead(ReadOnlySpan<char> text, out ulong number)
    {
        number = 0;
        return text.Length == Digits && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }
}
