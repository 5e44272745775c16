using System.Buffers;

namespace WgFleet.Hooks.Projections;

/// <summary>
/// A text with a piece for each client, in the order of registration. It is kept from one run to the next, so that only the pieces of clients that
/// have changed are written anew. Not safe for concurrent use.
/// </summary>
/// <param name="write">Appends the piece of a client, which depends on the client alone; nothing for a client that does not appear.</param>
internal sealed class KeptText(Action<Client, ArrayBufferWriter<byte>> write)
{
    private ArrayBufferWriter<byte> _text = new(4096);
    private ArrayBufferWriter<byte> _lastText = new(4096);
    private List<(Client Client, int End)> _pieces = [];
    private List<(Client Client, int End)> _lastPieces = [];

    /// <summary>The text for these clients; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Of(IEnumerable<Client> clients)
    {
        (_text, _lastText, _pieces, _lastPieces) = (_lastText, _text, _lastPieces, _pieces);
        _text.ResetWrittenCount();
        _pieces.Clear();

        // Unchanged neighbours are copied together.
        var (next, copied) = (0, 0);
        foreach (var client in clients)
        {
            if (!IsUnchanged(client, next))
            {
                Copy(copied, next);
                copied = next = Find(client, next);
            }

            if (IsUnchanged(client, next))
            {
                next++;
                _pieces.Add((client, _text.WrittenCount + End(next) - End(copied)));
                continue;
            }

            write(client, _text);
            _pieces.Add((client, _text.WrittenCount));
            if (next < _lastPieces.Count && IsSame(_lastPieces[next].Client, client))
                copied = ++next;
        }

        Copy(copied, next);
        return _text.WrittenMemory;
    }

    /// <summary>The place of a client among the last pieces, behind those of removed clients; <paramref name="from"/> if it is new.</summary>
    private int Find(Client client, int from)
    {
        for (var i = from; i < _lastPieces.Count; i++)
        {
            if (IsSame(_lastPieces[i].Client, client))
                return i;
        }

        return from;
    }

    private bool IsUnchanged(Client client, int place) => place < _lastPieces.Count && ReferenceEquals(_lastPieces[place].Client, client);

    private static bool IsSame(Client one, Client other) => one.Address.Equals(other.Address) && one.Fleet == other.Fleet;

    private void Copy(int from, int to)
    {
        if (from < to)
            _text.Write(_lastText.WrittenSpan[End(from)..End(to)]);
    }

    /// <summary>Where the first <paramref name="count"/> of the last pieces end.</summary>
    private int End(int count) => count == 0 ? 0 : _lastPieces[count - 1].End;
}
