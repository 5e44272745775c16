using System.Buffers.Binary;
using WgFleet.Fleets.State;

namespace WgFleet.Queries;

/// <summary>An order of clients. Clients without a value (no name, no handshake yet) come last in both directions; equal values are in the order of registration.</summary>
internal readonly record struct ClientOrder(ClientSort Sort, bool Descending) : IComparer<ClientSortKey>
{
    /// <summary>The part of the clients from <paramref name="skip"/> on, in this order.</summary>
    public IReadOnlyList<RegisteredClient> Take(IEnumerable<RegisteredClient> clients, int skip, int count)
    {
        // The registry holds clients in the order of registration.
        if (this is { Sort: ClientSort.Id, Descending: false })
            return [.. clients.Skip(skip).Take(count)];

        // Keys are read once: liveness changes while this sorts. LINQ sorts only the part that Skip and Take leave.
        var order = this;
        return [.. clients.Select(c => (Key: order.KeyOf(c), Client: c)).OrderBy(c => c.Key, this).Skip(skip).Take(count).Select(c => c.Client)];
    }

    /// <summary>Where a client stands in this order.</summary>
    public ClientSortKey KeyOf(RegisteredClient client) => Sort switch
    {
        ClientSort.Hostname => new(client.Hostname is null, default, client.Hostname ?? "", client.Id),
        ClientSort.Address => Number(client, AddressNumber(client)),
        ClientSort.Registered => Number(client, (UInt128)client.RegisteredAt.UtcTicks),
        ClientSort.Seen => Number(client, (UInt128)client.Liveness.LastSeen.UtcTicks),
        ClientSort.Handshake => Number(client, client.Liveness.LastHandshake is { } at ? (UInt128)at.UtcTicks : null),
        ClientSort.Traffic => Number(client, (UInt128)(client.Liveness.ReceivedBytes + client.Liveness.SentBytes)),
        _ => Number(client, default(UInt128)),
    };

    public int Compare(ClientSortKey x, ClientSortKey y)
    {
        if (x.IsMissing != y.IsMissing)
            return x.IsMissing ? 1 : -1;

        var values = x.Number.CompareTo(y.Number) is var numbers and not 0 ? numbers : string.CompareOrdinal(x.Text, y.Text);
        return values == 0 ? x.Id.CompareTo(y.Id) : Descending ? -values : values;
    }

    private static ClientSortKey Number(RegisteredClient client, UInt128? number) => new(number is null, number ?? default, "", client.Id);

    private static UInt128 AddressNumber(RegisteredClient client)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        client.Address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}

/// <summary>Where a client stands in a <see cref="ClientOrder"/>.</summary>
/// <param name="IsMissing">Whether it has no value to sort by.</param>
/// <param name="Number">The value, where it is a number.</param>
/// <param name="Text">The value, where it is a text.</param>
/// <param name="Id">The client's id.</param>
internal readonly record struct ClientSortKey(bool IsMissing, UInt128 Number, string Text, long Id);
