using System.Net;
using System.Text;
using WgFleet.WireGuard.Uapi;

namespace WgFleet.WireGuard.Tests.Uapi;

public class DeviceTextTests
{
    private const string AliceHex = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
    private const string BobHex = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";

    [Fact]
    public void A_device_is_read_with_all_its_peers()
    {
        var device = Read($"""
            private_key=77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a
            listen_port=51820
            fwmark=7
            public_key={BobHex}
            preshared_key={new string('0', 64)}
            protocol_version=1
            endpoint=[2001:db8::9]:40001
            last_handshake_time_sec=1700000000
            last_handshake_time_nsec=123456789
            tx_bytes=1892
            rx_bytes=5000000000
            persistent_keepalive_interval=25
            allowed_ip=fd00::1/128
            allowed_ip=10.0.0.0/8
            public_key={AliceHex}
            preshared_key={AliceHex}
            errno=0


            """);

        device.Name.ShouldBe("wg_alpha");
        device.ListenPort.ShouldBe(51820);
        device.PrivateKey!.PublicKey.ShouldBe(Key(AliceHex));
        device.Peers.Count.ShouldBe(2);

        var bob = device.Peers[0];
        bob.PublicKey.ShouldBe(Key(BobHex));
        bob.AllowedIps.ShouldBe([IPNetwork.Parse("fd00::1/128"), IPNetwork.Parse("10.0.0.0/8")]);
        bob.Endpoint.ShouldBe(IPEndPoint.Parse("[2001:db8::9]:40001"));
        bob.LastHandshake.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).AddTicks(1_234_567));
        bob.ReceivedBytes.ShouldBe(5_000_000_000);
        bob.SentBytes.ShouldBe(1892);
        bob.KeepaliveSeconds.ShouldBe(25);
        bob.PresharedKey.ShouldBeNull();

        var alice = device.Peers[1];
        alice.PublicKey.ShouldBe(Key(AliceHex));
        alice.AllowedIps.ShouldBeEmpty();
        alice.Endpoint.ShouldBeNull();
        alice.LastHandshake.ShouldBeNull();
        alice.ReceivedBytes.ShouldBe(0);
        alice.SentBytes.ShouldBe(0);
        alice.KeepaliveSeconds.ShouldBe(0);
        alice.PresharedKey.ShouldBe(PresharedKey.FromBytes(Convert.FromHexString(AliceHex)));
    }

    [Fact]
    public void A_handshake_time_of_zero_means_no_handshake() =>
        Read($"public_key={BobHex}\nlast_handshake_time_sec=0\nlast_handshake_time_nsec=0\nerrno=0\n\n").Peers[0].LastHandshake.ShouldBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("private_key=0000000000000000000000000000000000000000000000000000000000000000\n")]
    public void An_interface_without_a_private_key_has_none(string line)
    {
        var device = Read(line + "errno=0\n\n");

        device.PrivateKey.ShouldBeNull();
        device.ListenPort.ShouldBe(0);
        device.Peers.ShouldBeEmpty();
    }

    [Fact]
    public void Unknown_keys_are_skipped() =>
        Read($"colour=blue\nlisten_port=1\npublic_key={BobHex}\nmood=\nrx_bytes=3\nerrno=0\n\n").Peers[0].ReceivedBytes.ShouldBe(3);

    [Theory]
    [InlineData("192.0.2.1:51820", "192.0.2.1", 51820)]
    [InlineData("[2001:db8::1]:1", "2001:db8::1", 1)]
    [InlineData("[fe80::1%3]:65535", "fe80::1%3", 65535)]
    [InlineData("[fe80::1%lo]:65535", "fe80::1%1", 65535)]
    [InlineData("[::ffff:192.0.2.1]:7", "::ffff:192.0.2.1", 7)]
    public void Every_kind_of_endpoint_is_read(string text, string address, int port) =>
        Read($"public_key={BobHex}\nendpoint={text}\nerrno=0\n\n").Peers[0].Endpoint.ShouldBe(new IPEndPoint(IPAddress.Parse(address), port));

    [Theory]
    [InlineData("listen_port")]
    [InlineData("listen_port=")]
    [InlineData("listen_port=-1")]
    [InlineData("listen_port=65536")]
    [InlineData("listen_port=1x")]
    [InlineData("private_key=00")]
    [InlineData("public_key=zz20f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")]
    [InlineData("allowed_ip=fd00::1")]
    [InlineData("allowed_ip=fd00::1/129")]
    [InlineData("endpoint=192.0.2.1")]
    [InlineData("endpoint=[2001:db8::1:51820")]
    [InlineData("endpoint=example.org:1")]
    [InlineData("last_handshake_time_sec=253402300800")]
    [InlineData("last_handshake_time_nsec=1000000000")]
    [InlineData("rx_bytes=18446744073709551616")]
    public void An_invalid_line_is_an_error_that_does_not_quote_the_line(string line)
    {
        var e = Should.Throw<FormatException>(() => Read($"public_key={BobHex}\n{line}\nerrno=0\n\n"));

        e.Message.ShouldNotContain(line);
    }

    private static Device Read(string answer) => DeviceText.Read("wg_alpha", Encoding.ASCII.GetBytes(answer));

    private static WireGuardKey Key(string hex) => new(Convert.FromHexString(hex));
}
