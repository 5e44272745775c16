using System.Net;
using System.Text;
using WgFleet.Hooks;
using WgFleet.Hooks.Projections;

namespace WgFleet.Tests.Hooks.Projections;

public sealed class KeptTextTests
{
    private int _written;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void After_any_changes_the_text_is_the_one_that_would_be_written_from_nothing(int seed)
    {
        var random = new Random(seed);
        var kept = new KeptText((client, text) => Encoding.UTF8.GetBytes(Line(client), text));
        var clients = new List<(int Id, Client Client)>();
        var removed = new List<(int Id, Client Client)>();
        for (var step = 1; step <= 500; step++)
        {
            for (var change = random.Next(6); change > 0; change--)
                Change(clients, removed, random, step * 10 + change);

            Encoding.UTF8.GetString(kept.Of(clients.Select(c => c.Client)).Span).ShouldBe(string.Concat(clients.Select(c => Line(c.Client))));
        }
    }

    [Fact]
    public void Only_the_piece_of_a_client_that_has_changed_is_written_again()
    {
        var kept = new KeptText((client, text) =>
        {
            _written++;
            Encoding.UTF8.GetBytes(Line(client), text);
        });
        var clients = Enumerable.Range(1, 100).Select(id => Client(id, $"a{id}")).ToList();
        kept.Of(clients);
        _written = 0;

        clients[40] = Client(41, "renamed");
        clients.RemoveAt(70);
        clients.Add(Client(101, "new"));
        kept.Of(clients);

        _written.ShouldBe(2);
    }

    private static void Change(List<(int Id, Client Client)> clients, List<(int Id, Client Client)> removed, Random random, int id)
    {
        var i = random.Next(clients.Count + 1);
        switch (random.Next(5))
        {
            case 0 when i < clients.Count:
                removed.Add(clients[i]);
                clients.RemoveAt(i);
                break;
            case 1 when i < clients.Count:
                clients[i] = (clients[i].Id, Client(clients[i].Id, random.Next(4) == 0 ? null : $"n{id}"));
                break;
            case 2 when removed.Count > 0:
                // A restored client has its old place.
                clients.Add(removed[^1]);
                clients.Sort((a, b) => a.Id.CompareTo(b.Id));
                removed.RemoveAt(removed.Count - 1);
                break;
            default:
                clients.Add((id, Client(id, random.Next(3) == 0 ? null : $"n{id}")));
                clients.Sort((a, b) => a.Id.CompareTo(b.Id));
                break;
        }
    }

    private static string Line(Client client) => client.Hostname is { } name ? $"{client.Address} {name}\n" : "";

    private static Client Client(int id, string? name) =>
        new("alpha", IPAddress.Parse($"fd00::{id:x}"), name, name is null ? null : $"{name}.alpha.example.net", "key", "192.0.2.1", DateTimeOffset.UnixEpoch);
}
