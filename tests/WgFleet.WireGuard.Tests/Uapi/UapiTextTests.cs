using System.Net;
using System.Text;
using WgFleet.WireGuard.Uapi;

namespace WgFleet.WireGuard.Tests.Uapi;

public class UapiTextTests
{
    private static readonly WireGuardKey Alice = new(Convert.FromHexString("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"));
    private static readonly WireGuardKey Bob = new(Convert.FromHexString("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));

    [Fact]
    public void A_get_is_one_line_and_an_empty_line() =>
        Encoding.ASCII.GetString(UapiText.Get.Span).ShouldBe("get=1\n\n");

    [Fact]
    public void A_change_is_one_set_with_its_peers_in_order()
    {
        var change = new DeviceChange
        {
            ListenPort = 51820,
            Peers =
            [
                new PeerChange(Alice) { AllowedIps = [IPNetwork.Parse("fd00:a0a8:34d:a0::1f/128"), IPNetwork.Parse("10.0.0.0/8")] },
                PeerChange.Delete(Bob),
                new PeerChange(Bob) { AllowedIps = [] },
                new PeerChange(Alice),
                PeerChange.Set(Bob, IPNetwork.Parse("fd00::1/128")) with { Endpoint = IPEndPoint.Parse("[2001:db8::9]:40001") },
                new PeerChange(Alice) { UpdateOnly = true, Endpoint = IPEndPoint.Parse("192.0.2.1:65535"), KeepaliveSeconds = 0 },
                new PeerChange(Bob) { PresharedKey = PresharedKey.None },
                new PeerChange(Bob) { PresharedKey = PresharedKey.FromBytes(Alice.ToArray()) },
            ],
        };

        Text(change).ShouldBe("""
            set=1
            listen_port=51820
            public_key=8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a
            replace_allowed_ips=true
            allowed_ip=fd00:a0a8:34d:a0::1f/128
            allowed_ip=10.0.0.0/8
            public_key=de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f
            remove=true
            public_key=de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f
            replace_allowed_ips=true
            public_key=8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a
            public_key=de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f
            endpoint=[2001:db8::9]:40001
            replace_allowed_ips=true
            allowed_ip=fd00::1/128
            public_key=8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a
            update_only=true
            endpoint=192.0.2.1:65535
            persistent_keepalive_interval=0
            public_key=de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f
            preshared_key=0000000000000000000000000000000000000000000000000000000000000000
            public_key=de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f
            preshared_key=8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a


            """);
    }

    [Fact]
    public void An_empty_change_is_a_set_without_settings() => Text(new DeviceChange()).ShouldBe("set=1\n\n");

    [Fact]
    public void A_change_longer_than_the_first_buffer_is_complete()
    {
        var networks = Enumerable.Range(0, 5000).Select(n => IPNetwork.Parse($"ffff:ffff:ffff:ffff:ffff:ffff:ffff:{0x1000 + n:x}/128")).ToList();

        var lines = Text(new DeviceChange { Peers = [new PeerChange(Alice) { AllowedIps = networks }] }).Split('\n');

        lines[3..^2].ShouldBe(networks.Select(n => $"allowed_ip={n}"));
    }

    [Theory]
    [InlineData("errno=0\n\n", 0)]
    [InlineData("errno=22\n\n", 22)]
    [InlineData("listen_port=1\nerrno=-22\n\n", -22)]
    public void The_error_number_at_the_end_of_an_answer_is_read(string answer, int expected)
    {
        UapiText.TryReadErrno(Encoding.ASCII.GetBytes(answer), out var errno).ShouldBeTrue();
        errno.ShouldBe(expected);
    }

    [Theory]
    [InlineData("\n\n")]
    [InlineData("errno=\n\n")]
    [InlineData("errno=0x\n\n")]
    [InlineData("errno=99999999999\n\n")]
    [InlineData("errno=0\nlisten_port=1\n\n")]
    public void An_answer_without_an_error_number_at_its_end_is_invalid(string answer) =>
        UapiText.TryReadErrno(Encoding.ASCII.GetBytes(answer), out _).ShouldBeFalse();

    [Fact]
    public void An_answer_is_complete_only_with_its_last_byte()
    {
        var answer = Encoding.ASCII.GetBytes("listen_port=1\nerrno=0\n\n");

        for (var length = 0; length < answer.Length; length++)
            UapiText.IsWhole(answer.AsSpan(0, length)).ShouldBeFalse();

        UapiText.IsWhole(answer).ShouldBeTrue();
    }

    private static string Text(DeviceChange change)
    {
        using var text = UapiText.Set(change);
        return Encoding.ASCII.GetString(text.Written.Span);
    }
}
