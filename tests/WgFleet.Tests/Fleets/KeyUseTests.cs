using System.Net;
using WgFleet.Fleets.State;

namespace WgFleet.Tests.Fleets;

/// <summary>Several machines with one key are told from one machine that moves, is started again, or sits behind a router that gives it other ports.</summary>
public class KeyUseTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("two machines", 30, "A:1 B:1 A:1 B:1 A:1", true)]
    [InlineData("three machines", 30, "A:1 B:1 C:1 A:1 B:1 C:1", true)]
    [InlineData("two machines behind one router", 30, "A:1 A:2 A:1 A:2 A:1", true)]
    [InlineData("two machines that take their tunnels down and up", 30, "A:1 B:1 A:2 B:2 A:3", true)]
    [InlineData("a notebook that is taken to the desk", 30, "A:1 B:1", false)]
    [InlineData("a notebook that is taken to the desk and back", 30, "A:1 B:1 A:1", false)]
    [InlineData("a notebook that is taken to the desk and back and to the desk", 30, "A:1 B:1 A:1 B:1", false)]
    [InlineData("a notebook that is taken to the desk and back all day", 360, "A:1 B:1 A:1 B:1 A:1 B:1 A:1", false)]
    [InlineData("a router that gives it another port each time", 30, "A:1 A:2 A:3 A:4 A:5 A:6 A:7", false)]
    [InlineData("a machine that goes from one network to the next", 30, "A:1 B:1 C:1 D:1 E:1 F:1", false)]
    public void An_endpoint_that_goes_to_and_fro_is_several_machines(string what, int seconds, string endpoints, bool areSeveral)
    {
        var (liveness, now) = (New(), Start);
        foreach (var endpoint in endpoints.Split(' '))
            liveness.HeardFrom(Endpoint(endpoint), now += TimeSpan.FromSeconds(seconds));

        (liveness.Shared(now) is not null).ShouldBe(areSeveral, what);
    }

    [Fact]
    public void Several_machines_are_told_with_the_endpoints_that_they_were_heard_from()
    {
        var (liveness, now) = (New(), Start);
        foreach (var endpoint in "A:1 B:1 A:2 B:1 A:2".Split(' '))
            liveness.HeardFrom(Endpoint(endpoint), now += TimeSpan.FromSeconds(20));

        var shared = liveness.Shared(now)!;
        shared.Endpoints.ShouldBe(["192.0.2.11:1", "192.0.2.10:2"]);
        shared.Text.ShouldBe("several machines seem to have its key, heard from 192.0.2.11:1 and 192.0.2.10:2");
    }

    [Theory]
    [InlineData("two machines, and nobody knows which one registered", "a:0 b:0 a:0 b:0", 0, true, "")]
    [InlineData("two machines that look the same", "a:1 b:1 a:1 b:1", 1, true, "")]
    [InlineData("the first is the one that registered", "a:1 b:2 a:1 b:2 a:1 b:2", 1, true, "b b")]
    [InlineData("a copy, before the one that registered", "b:2 b:2 a:1 b:2", 1, true, "b")]
    [InlineData("two copies", "a:1 b:2 c:3 a:1 b:2 c:3", 1, true, "b c")]
    [InlineData("only copies: none of them registered with the key", "b:2 c:3 b:2 c:3", 1, true, "")]
    [InlineData("a copy that does not say who it is", "a:1 b:0 a:1 b:0", 1, true, "")]
    [InlineData("a machine that is started again and again", "a:1 b:1 c:1 d:1", 1, false, "")]
    [InlineData("a machine that got another card, and is started again", "a:1 a:2 a:2 b:2 b:2", 1, false, "")]
    [InlineData("a notebook with another card now and then", "a:1 a:2 a:1 a:2", 1, false, "")]
    public void The_copy_of_the_machine_that_registered_is_to_make_a_key_of_its_own(string what, string pings, ulong registered, bool areSeveral, string regenerates)
    {
        var (liveness, now) = (New(), Start);
        List<string> copies = [];
        foreach (var ping in pings.Split(' '))
        {
            now += TimeSpan.FromMinutes(1);
            if (liveness.PingedBy(new(ping[0], (ulong)(ping[2] - '0')), Facts(registered), now))
                copies.Add(ping[..1]);

            liveness.Pinged(now);
        }

        (liveness.Shared(now) is not null).ShouldBe(areSeveral, what);
        string.Join(' ', copies).ShouldBe(regenerates, what);
    }

    [Fact]
    public void It_is_told_once_and_again_when_it_was_over_for_ten_minutes()
    {
        var (liveness, now) = (New(), Start);
        Alternate();
        liveness.TakeUntoldSharing(now).ShouldNotBeNull().Identities.ShouldBe(["0000000000000002", "0000000000000001"]);
        Alternate();
        liveness.TakeUntoldSharing(now).ShouldBeNull("it goes on");

        now += KeyUse.Window;
        liveness.Shared(now).ShouldNotBeNull();
        now += TimeSpan.FromSeconds(1);
        liveness.Shared(now).ShouldBeNull();
        liveness.TakeUntoldSharing(now).ShouldBeNull("it is over");

        Alternate();
        liveness.TakeUntoldSharing(now).ShouldNotBeNull("it began again");

        void Alternate()
        {
            foreach (var ping in "aba")
            {
                now += TimeSpan.FromSeconds(20);
                liveness.PingedBy(new(ping, ping == 'a' ? 1UL : 2), Facts(1), now);
                liveness.Pinged(now);
            }
        }
    }

    [Fact]
    public void A_clock_that_is_set_back_leaves_nothing_behind()
    {
        var (liveness, now) = (New(), Start);
        foreach (var ping in "aba")
            liveness.PingedBy(new(ping, 0), Facts(0), now += TimeSpan.FromSeconds(20));

        liveness.Shared(now).ShouldNotBeNull();
        liveness.Shared(now - TimeSpan.FromHours(1)).ShouldBeNull();
    }

    [Theory]
    [InlineData("00000000000000a1", 0xa1, 0)]
    [InlineData("00000000000000a1 00000000000000B2", 0xa1, 0xb2)]
    [InlineData("", 0, 0)]
    [InlineData("a1", 0, 0)]
    [InlineData("0000000000000000", 0, 0)]
    [InlineData("00000000000000a1 b2", 0, 0)]
    [InlineData("00000000000000a1  0000000000000b2", 0, 0)]
    [InlineData("00000000000000a1,00000000000000b2", 0, 0)]
    [InlineData("00000000000000a1 00000000000000b2 ", 0, 0)]
    [InlineData("-0000000000000a1", 0, 0)]
    [InlineData("+0000000000000a1", 0, 0)]
    public void A_machine_says_who_it_is_in_two_numbers_of_16_digits(string text, ulong start, ulong identity)
    {
        Machine.TryParse(text, out var machine).ShouldBe(start != 0);
        machine.ShouldBe(new Machine(start, identity));
    }

    private static Liveness New() => new(Start, TimeSpan.FromMinutes(3));

    private static IPEndPoint Endpoint(string text) => new(IPAddress.Parse($"192.0.2.{10 + text[0] - 'A'}"), text[2] - '0');

    private static Dictionary<string, string> Facts(ulong identity) => identity == 0 ? [] : new() { ["identity"] = $"{identity:x16}" };
}
