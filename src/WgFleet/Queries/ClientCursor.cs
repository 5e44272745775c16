using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace WgFleet.Queries;

/// <summary>
/// The cursor of a list of clients: an opaque text that says after which client the next page begins. It holds the client's sort key, not its
/// number in the list, so registrations and removals between two pages shift nothing.
/// </summary>
internal static class ClientCursor
{
    public static string Write(ClientOrder order, ClientSortKey key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{NameOf(order)} {key.Id} {(key.IsMissing ? "-" : "+")} {key.Number} {key.Text}")));

    /// <summary>The key that a cursor holds; null if this is not a cursor of this order.</summary>
    public static ClientSortKey? Read(ClientOrder order, string cursor)
    {
        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(' ', 5) is [var name, var id, "+" or "-", var number, var text] parts
                && name == NameOf(order)
                && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var row)
                && UInt128.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                    ? new ClientSortKey(parts[2] == "-", value, text, row)
                    : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string NameOf(ClientOrder order) => $"{(order.Descending ? "-" : "")}{order.Sort}";
}
