using System.Collections.Immutable;
using System.Net;
using WgFleet.Fleets;
using WgFleet.Fleets.State;
using WgFleet.WireGuard;

namespace WgFleet.Tests.Fleets;

/// <summary>Which handshakes are started when, after the sessions of many clients were lost.</summary>
public class HandshakesTests
{
    private static readonly DateTimeOffset Long = new(2025, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly ManualTime _time = new();
    private readonly Dictionary<WireGuardKey, int> _keepalives = [];

    [Fact]
    public void At_most_2000_handshakes_are_under_way_and_the_next_start_as_clients_answer()
    {
        var (clients, handshakes) = (Clients(5000), new Handshakes(_time));
        handshakes.Add(clients.ById.Values);

        Step(handshakes, clients).ShouldBe(500);
        while (Step(handshakes, clients) > 0)
        {
        }

        UnderWay.Count.ShouldBe(2000);
        foreach (var key in UnderWay.Take(300))
            Answer(clients.ByKey[key]);

        Step(handshakes, clients).ShouldBe(300);
        UnderWay.Count.ShouldBe(2000);
        while (handshakes.AreUnderWay)
        {
            foreach (var key in UnderWay)
                Answer(clients.ByKey[key]);

            Step(handshakes, clients);
        }

        UnderWay.ShouldBeEmpty();
        _keepalives.Count.ShouldBe(5000);
        (handshakes.Result.Answered, handshakes.Result.Clients).ShouldBe((5000, 5000));
    }

    [Fact]
    public void A_client_that_does_not_answer_gives_its_place_up()
    {
        var (clients, handshakes) = (Clients(3), new Handshakes(_time));
        handshakes.Add(clients.ById.Values);
        Step(handshakes, clients);
        Answer(clients.ById[2]);

        _time.Advance(Handshakes.AnswerLimit - TimeSpan.FromMilliseconds(1));
        Step(handshakes, clients);
        UnderWay.ShouldBe([clients.ById[1].PublicKey, clients.ById[3].PublicKey], ignoreOrder: true);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Step(handshakes, clients);

        UnderWay.ShouldBeEmpty();
        handshakes.AreUnderWay.ShouldBeFalse();
        (handshakes.Result.Answered, handshakes.Result.Clients).ShouldBe((1, 3));
    }

    [Fact]
    public void Clients_that_were_seen_last_come_first_and_those_without_an_endpoint_not_at_all()
    {
        var (clients, handshakes) = (Clients(1200), new Handshakes(_time));
        foreach (var client in clients.ById.Values.Where(c => c.Id % 3 == 0))
            client.Liveness.Pinged(Long.AddDays(client.Id));

        var unknown = Client(9999, null);
        handshakes.Add(clients.ById.Values.Append(unknown));

        Step(handshakes, clients);

        UnderWay.Count.ShouldBe(500);
        UnderWay.Count(k => clients.ByKey[k].Id % 3 == 0).ShouldBe(400);
        handshakes.Result.Clients.ShouldBe(1200);
    }

    [Fact]
    public void A_client_that_has_come_back_by_itself_or_was_removed_meanwhile_is_left_alone()
    {
        var (clients, handshakes) = (Clients(3), new Handshakes(_time));
        handshakes.Add(clients.ById.Values);
        Answer(clients.ById[1]);

        Step(handshakes, clients with { ByKey = clients.ByKey.Remove(clients.ById[2].PublicKey) }).ShouldBe(1);

        UnderWay.ShouldBe([clients.ById[3].PublicKey]);
    }

    [Fact]
    public void A_keepalive_that_a_killed_server_has_left_is_taken_back()
    {
        var clients = Clients(2);
        _keepalives[clients.ById[1].PublicKey] = Handshakes.KeepaliveSeconds;
        _keepalives[clients.ById[2].PublicKey] = 60;

        Step(new Handshakes(_time), clients).ShouldBe(0);

        _keepalives[clients.ById[1].PublicKey].ShouldBe(0);
        _keepalives[clients.ById[2].PublicKey].ShouldBe(60, "somebody else has set that one");
    }

    private List<WireGuardKey> UnderWay => [.. _keepalives.Where(k => k.Value == Handshakes.KeepaliveSeconds).Select(k => k.Key)];

    /// <summary>Takes the next step; returns how many handshakes it starts.</summary>
    private int Step(Handshakes handshakes, FleetSnapshot clients)
    {
        var changes = handshakes.Next(new Device("wg_alpha", null, 1, [.. _keepalives.Select(k => new Peer(k.Key, [], null, null, 0, 0) { KeepaliveSeconds = k.Value })]), clients);
        changes.ShouldAllBe(c => c.UpdateOnly && c.AllowedIps == null && c.Endpoint == null);
        foreach (var change in changes)
            _keepalives[change.PublicKey] = change.KeepaliveSeconds!.Value;

        return changes.Count(c => c.KeepaliveSeconds != 0);
    }

    private void Answer(RegisteredClient client) => client.Liveness.Observed(_time.GetUtcNow(), 0, 0, _time.GetUtcNow());

    private static FleetSnapshot Clients(int count)
    {
        var clients = Enumerable.Range(1, count).Select(i => Client(i, IPEndPoint.Parse("192.0.2.1:51820"))).ToList();
        return new FleetSnapshot(Some.Fleet("alpha", "fd00:a::/64"))
        {
            ById = clients.ToImmutableSortedDictionary(c => c.Id, c => c),
            ByKey = clients.ToImmutableDictionary(c => c.PublicKey),
        };
    }

    private static RegisteredClient Client(long id, IPEndPoint? endpoint) => new()
    {
        Id = id, Fleet = "alpha", PublicKey = Some.Key(), Liveness = new Liveness(Long, TimeSpan.FromMinutes(3), Long, endpoint),
    };
}
