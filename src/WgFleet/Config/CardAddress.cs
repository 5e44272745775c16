using System.Globalization;
using System.Net.NetworkInformation;

namespace WgFleet.Config;

/// <summary>The address of a network card (MAC-48), in any of its usual spellings.</summary>
internal static class CardAddress
{
    /// <summary>Parses 52:54:00:12:34:56, with colons, dashes, dots or nothing between the digits; <paramref name="address"/> is spelled with colons, in lower case.</summary>
    public static bool TryParse(string text, out string address)
    {
        var isOne = PhysicalAddress.TryParse(text.ToUpperInvariant(), out var parsed) && parsed.GetAddressBytes().Length == 6;
        address = isOne ? string.Join(':', parsed!.GetAddressBytes().Select(b => b.ToString("x2", CultureInfo.InvariantCulture))) : "";
        return isOne;
    }
}
