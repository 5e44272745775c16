using System.Net;
using WgFleet.WireGuard.Links;
using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Tests.Links;

/// <summary>Requests and answers against a recorded exchange between ip(8) and a kernel with WireGuard.</summary>
public class RecordedTests
{
    private const int Index = 3;

    private static readonly InterfaceAddress Six = new(IPAddress.Parse("fd00:a::1"), 64);
    private static readonly InterfaceAddress Four = new(IPAddress.Parse("10.9.0.1"), 24);

    [Fact]
    public void Requests_that_change_an_interface_equal_those_of_ip()
    {
        var recorded = Read("changes");

        Check(0, message => LinkMessages.Set(message, Index, 1380, null));
        Check(1, message => LinkMessages.AddAddress(message, Index, Six));
        Check(2, message => LinkMessages.AddAddress(message, Index, Four));
        Check(3, message => LinkMessages.Set(message, Index, null, true));
        Check(4, message => LinkMessages.RemoveAddress(message, Index, Six));

        void Check(int number, Func<byte[], int> write)
        {
            var buffer = new byte[LinkMessages.MaxLength];
            var message = buffer.AsSpan(0, write(buffer));
            var expected = recorded[number];
            AttributeWriter.Stamp(message, BitConverter.ToUInt16(expected, 4), BitConverter.ToUInt32(expected, 8));
            Convert.ToHexString(message).ShouldBe(Convert.ToHexString(expected));
        }
    }

    [Fact]
    public void An_interface_is_read_with_kind_state_and_MTU()
    {
        var link = Messages("link").Select(payload => LinkReader.ReadLink(payload)).Single();

        (link.Name, link.Index, link.Kind, link.IsUp, link.Mtu).ShouldBe(("wgrec0", Index, "wireguard", true, 1380));
    }

    [Fact]
    public void Addresses_are_read_with_their_prefix_lengths()
    {
        var addresses = Messages("addresses").Select(payload => (LinkReader.ReadAddress(payload, out var index), index)).ToList();

        addresses.ShouldBe([(Four, Index), (Six, Index)]);
    }

    [Fact]
    public void The_default_route_is_found_among_the_routes()
    {
        var routes = Messages("routes").Select(payload => LinkReader.ReadDefaultRoute(payload)).ToList();

        routes.ShouldBe([new DefaultRoute(2, 0, null), null, null]);
    }

    [Theory]
    [InlineData("link")]
    [InlineData("addresses")]
    [InlineData("routes")]
    public void A_message_cut_off_at_any_byte_is_read_or_is_a_FormatException(string recording)
    {
        var refused = 0;
        foreach (var payload in Messages(recording))
        {
            for (var length = 0; length < payload.Length; length++)
            {
                try
                {
                    _ = recording switch
                    {
                        "link" => (object?)LinkReader.ReadLink(payload.AsSpan(0, length)),
                        "addresses" => LinkReader.ReadAddress(payload.AsSpan(0, length), out _),
                        _ => LinkReader.ReadDefaultRoute(payload.AsSpan(0, length)),
                    };
                }
                catch (FormatException)
                {
                    refused++;
                }
            }
        }

        refused.ShouldBePositive();
    }

    internal static List<byte[]> Read(string name) =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Links", "Recorded", name + ".hex"))
            .Where(line => line[0] != '#')
            .Select(line => Convert.FromHexString(line[2..]))];

    /// <summary>The payloads of all messages in a recording.</summary>
    private static List<byte[]> Messages(string name)
    {
        List<byte[]> payloads = [];
        foreach (var datagram in Read(name))
        {
            var reader = new MessageReader(datagram);
            while (reader.Next())
                payloads.Add(reader.Payload.ToArray());
        }

        return payloads;
    }
}
