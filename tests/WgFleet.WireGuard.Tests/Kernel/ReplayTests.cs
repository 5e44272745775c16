using System.Net;
using WgFleet.WireGuard.Kernel;
using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Tests.Kernel;

/// <summary>The driver against recorded exchanges between wg(8) and a kernel.</summary>
public class ReplayTests
{
    private static readonly WireGuardKey One = new(Convert.FromHexString("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
    private static readonly WireGuardKey Two = new("second peer of the recorded dump"u8);
    private static readonly WireGuardKey Three = new("third peer, which has no address"u8);
    private static readonly WireGuardKey Many = new("a peer with many allowed ip nets"u8);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task The_request_for_a_dump_equals_that_of_wg_and_the_answer_is_read()
    {
        using var wireGuard = ReplayedKernel.Open(Recording.Read("get"));

        var device = await wireGuard.GetDeviceAsync("wg0", Ct);

        device.Name.ShouldBe("wg0");
        device.ListenPort.ShouldBe(51820);
        device.PrivateKey!.PublicKey.ToString().ShouldBe("hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=");
        device.Peers.Select(p => p.PublicKey).ShouldBe([One, Two, Three]);

        device.Peers[0].AllowedIps.ShouldBe([IPNetwork.Parse("fd00::1/128"), IPNetwork.Parse("10.0.0.0/8")]);
        device.Peers[0].Endpoint.ShouldBe(IPEndPoint.Parse("[::1]:51821"));
        device.Peers[0].LastHandshake!.Value.ToUnixTimeSeconds().ShouldBe(1795351627);
        device.Peers[0].ReceivedBytes.ShouldBe(180);
        device.Peers[0].SentBytes.ShouldBe(92);

        device.Peers[1].AllowedIps.ShouldBe([IPNetwork.Parse("fd00::2/128")]);
        device.Peers[1].Endpoint.ShouldBe(IPEndPoint.Parse("192.0.2.1:40001"));
        device.Peers[1].LastHandshake.ShouldBeNull();

        device.Peers[2].AllowedIps.ShouldBeEmpty();
        device.Peers[2].Endpoint.ShouldBeNull();
    }

    [Fact]
    public void A_preshared_key_is_written_as_it_is_read_and_none_is_32_bytes_of_zero()
    {
        var (key, message) = (PresharedKey.Generate(), new byte[ChangeMessages.MaxLength]);
        var change = new DeviceChange { Peers = [new PeerChange(One) { PresharedKey = key }, new PeerChange(Two) { PresharedKey = PresharedKey.None }, new PeerChange(Three)] };

        var length = new ChangeMessages("wg0", change).WriteNext(message);

        // The peers of a change and of a dump have the same attributes, after the headers of netlink and generic netlink.
        var dump = new DeviceDump();
        dump.Add(message.AsSpan(20, length - 20));
        dump.ToDevice("wg0").Peers.Select(p => p.PresharedKey).ShouldBe([key, null, null]);
        message.AsSpan(0, length).IndexOf(new byte[32]).ShouldBeGreaterThan(0);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_peer_split_over_four_messages_is_assembled()
    {
        using var wireGuard = ReplayedKernel.Open(Recording.Read("get-split"));

        var peers = (await wireGuard.GetDeviceAsync("wg2", Ct)).Peers;

        peers.Select(p => p.PublicKey).ShouldBe([Two, Many, Three]);
        peers[1].AllowedIps.ShouldBe(Enumerable.Range(1, 300).Select(n => IPNetwork.Parse($"fd00::1:{n:x}/128")), ignoreOrder: true);
        peers[2].AllowedIps.ShouldBe([IPNetwork.Parse("192.0.2.0/24")]);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_bytes_of_a_change_equal_those_of_wg()
    {
        using var wireGuard = ReplayedKernel.Open(Recording.Read("set"));

        await wireGuard.ChangeAsync("wg2", new DeviceChange
        {
            ListenPort = 51822,
            Peers = [new PeerChange(Two) { AllowedIps = [IPNetwork.Parse("fd00::2/128"), IPNetwork.Parse("10.7.0.0/16")] }, PeerChange.Delete(Three)],
        }, Ct);
    }

    [Fact]
    public void A_peer_too_long_for_one_message_continues_in_the_next_as_with_wg()
    {
        var recorded = Recording.Read("set-split").Requests.ToList();
        var messages = new ChangeMessages("wg2", new DeviceChange
        {
            Peers =
            [
                PeerChange.Set(Two, Some.Network(2)),
                new PeerChange(Many) { AllowedIps = [.. Enumerable.Range(1, 300).Select(n => IPNetwork.Parse($"fd00::1:{n:x}/128"))] },
                PeerChange.Set(Three, IPNetwork.Parse("192.0.2.0/24")),
            ],
        });

        // wg(8) writes messages of one memory page.
        var buffer = new byte[4096];
        foreach (var expected in recorded)
        {
            var message = buffer.AsSpan(0, messages.WriteNext(buffer));
            AttributeWriter.Stamp(message, BitConverter.ToUInt16(expected, 4), BitConverter.ToUInt32(expected, 8));
            Convert.ToHexString(message).ShouldBe(Convert.ToHexString(expected));
        }

        messages.WriteNext(buffer).ShouldBe(0);
        recorded.Count.ShouldBe(4);
    }

    [Fact]
    public void A_message_holds_hundreds_of_peers()
    {
        var buffer = new byte[ChangeMessages.MaxLength];
        var messages = new ChangeMessages("wg0", new DeviceChange { Peers = [.. Enumerable.Range(1, 2000).Select(Some.Peer)] });
        var lengths = new List<int>();
        while (messages.WriteNext(buffer) is var length and > 0)
            lengths.Add(length);

        lengths.Count.ShouldBe(6);
        lengths[..5].ShouldAllBe(length => length > 31_800 && length < 32_768);
    }

    [Fact]
    public void An_empty_change_is_one_message()
    {
        var buffer = new byte[ChangeMessages.MaxLength];
        var messages = new ChangeMessages("wg0", new DeviceChange());

        messages.WriteNext(buffer).ShouldBe(28);
        messages.WriteNext(buffer).ShouldBe(0);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("no-device", "nosuch")]
    [InlineData("not-wireguard", "lo")]
    public async Task A_missing_interface_and_one_of_another_kind_are_not_found(string recording, string name)
    {
        using var wireGuard = ReplayedKernel.Open(Recording.Read(recording));

        (await Should.ThrowAsync<DeviceNotFoundException>(wireGuard.GetDeviceAsync(name, Ct))).InterfaceName.ShouldBe(name);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("sixteen_letters_")]
    [InlineData("größe")]
    public async Task An_invalid_interface_name_is_not_found(string name)
    {
        using var wireGuard = ReplayedKernel.Open();

        await Should.ThrowAsync<DeviceNotFoundException>(wireGuard.GetDeviceAsync(name, Ct));
    }
}
