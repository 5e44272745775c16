using System.Collections;
using System.Net;
using System.Text.Json;

namespace WgFleet.Hooks;

/// <summary>The state of the fleets as a program knows it from the lines that it got: whole states, and changes since then.</summary>
internal sealed class KnownState
{
    private readonly Dictionary<(string, string), LinkedListNode<Client>> _byAddress = [];

    // In the order in which they registered.
    private readonly LinkedList<Client> _clients = [];

    /// <summary>Applies a line; returns the new state.</summary>
    public FleetState Take(JsonElement line)
    {
        var isWhole = line.GetProperty("type").GetString() == "state";
        if (isWhole)
        {
            _byAddress.Clear();
            _clients.Clear();
        }
        else
        {
            foreach (var gone in line.GetProperty("removed").EnumerateArray())
            {
                if (_byAddress.Remove((gone.GetProperty("fleet").GetString()!, gone.GetProperty("ip").GetString()!), out var node))
                    _clients.Remove(node);
            }
        }

        foreach (var client in line.GetProperty(isWhole ? "clients" : "changed").EnumerateArray())
            Put(ClientData.Parse(client.GetRawText()));

        Client[] clients = [.. _clients];
        Fleet[] fleets = [.. line.GetProperty("fleets").EnumerateArray().Select(ReadFleet)];
        return new FleetState(line.GetProperty("sequence").GetInt64(), line.GetProperty("domain").GetString()!, fleets, clients);
    }

    private void Put(ClientData data)
    {
        var key = (data.Fleet, data.Ip);
        if (_byAddress.TryGetValue(key, out var node))
            node.Value = data.ToClient();
        else
            _byAddress.Add(key, _clients.AddLast(data.ToClient()));
    }

    private static Fleet ReadFleet(JsonElement fleet) => new(
        fleet.GetProperty("name").GetString()!,
        fleet.GetProperty("interface").GetString()!,
        IPAddress.Parse(fleet.GetProperty("gateway").GetString()!),
        IPNetwork.Parse(fleet.GetProperty("subnet").GetString()!),
        fleet.GetProperty("port").GetInt32())
    {
        Gateway4 = fleet.TryGetProperty("gateway4", out var gateway4) ? IPAddress.Parse(gateway4.GetString()!) : null,
        Subnet4 = fleet.TryGetProperty("subnet4", out var subnet4) ? IPNetwork.Parse(subnet4.GetString()!) : null,
    };
}

/// <summary>Takes the place of the state, which a program that gets events does not have. Reading it throws an exception that says so.</summary>
internal sealed class NoState<T> : IReadOnlyList<T>
{
    public int Count => throw Missing();

    public T this[int index] => throw Missing();

    public IEnumerator<T> GetEnumerator() => throw Missing();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static InvalidOperationException Missing() =>
        new("a program that gets events has no state of the fleets; make it an IProjection with 'state: changes', or store what it needs from the events");
}
