using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Tests.Tunnels;

public sealed class TunnelConfTests : IDisposable
{
    private static readonly PrivateKey Key = PrivateKey.Generate();

    private readonly Folder _folder = new();

    private string Conf => _folder.File("wg_alpha.conf");

    private string Copy => Conf + ".orig";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_file_equals_the_Python_servers_to_the_byte_and_only_its_owner_reads_it()
    {
        var (path, fleet) = (_folder.File("wireguard/wg_alpha.conf"), Some.Fleet("alpha", "fd00:a::/64"));

        TunnelConf.New((fleet with { Network = fleet.Network with { GatewayText = "FD00:A::1" } }).Tunnel, Key, path).Write();

        File.ReadAllText(path).ShouldBe($"[Interface]\nAddress = FD00:A::1/64\nListenPort = 51820\nPrivateKey = {Key.Reveal()}\n");
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead);
        File.GetUnixFileMode(_folder.File("wireguard")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.GetFiles(_folder.File("wireguard")).ShouldBe([path]);
    }

    [Fact]
    public void A_change_of_port_and_address_keeps_every_other_byte()
    {
        File.WriteAllText(Conf, $"""
            # ours since 2024
            [Interface]
            MTU = 1380
              PrivateKey={Key.Reveal()} # do not lose
            Address = fd00:a::1/64	# the gateway
            Address = 10.0.0.1/24
            listenport=1 # old
            PostUp = iptables -A FORWARD -i %i -j ACCEPT

            [Peer] # a relay
            PublicKey = {Key.PublicKey}
            """);

        Read().For(Some.Fleet("alpha", "fd00:a:b::/48").Tunnel).Write();

        File.ReadAllText(Conf).ShouldBe($"""
            # ours since 2024
            [Interface]
            MTU = 1380
              PrivateKey={Key.Reveal()} # do not lose
            Address = fd00:a:b::1/48	# the gateway
            Address = 10.0.0.1/24
            listenport=51820 # old
            PostUp = iptables -A FORWARD -i %i -j ACCEPT

            [Peer] # a relay
            PublicKey = {Key.PublicKey}
            """);
    }

    [Theory]
    [InlineData("Address = fd00:a::1/64, 10.9.0.1/24")]
    [InlineData("Address=fd00:a::1/64,10.9.0.1/24")]
    [InlineData("  aDDRESS\t=\t10.9.0.1/24 fd00:a::1/64 # both")]
    [InlineData("Address = 10.9.0.1/24\nAddress = FD00:A:0::1/64")]
    [InlineData("Address = 10.9.0.1/24,\nAddress = , fd00:a::1/64 ,")]
    public void Every_spelling_of_the_right_addresses_is_left_alone(string addresses)
    {
        Write($"{addresses}\nListenPort = 51820");

        var conf = Read();
        conf.Addresses.Select(a => a.ToString()).ShouldBe(["fd00:a::1/64", "10.9.0.1/24"], ignoreOrder: true);
        conf.For(Some.Fleet("alpha", "fd00:a::/64").Tunnel).ShouldBeSameAs(conf);
    }

    [Theory]
    [InlineData("Address = fd00:b::1/64, 10.9.0.1/24", "Address = fd00:a::1/64, 10.9.0.1/24")]
    [InlineData("Address = 10.9.0.1/24,fd00:b::1/64#x", "Address = 10.9.0.1/24,fd00:a::1/64#x")]
    [InlineData("Address = fd00:a::1", "Address = fd00:a::1/64")]
    [InlineData("Address = fd99::1/64, fd00:a::1/48", "Address = fd99::1/64, fd00:a::1/64")]
    [InlineData("Address = 10.9.0.1/24\nAddress = fd00:b::1/64", "Address = 10.9.0.1/24\nAddress = fd00:a::1/64")]
    [InlineData("Address = fe80::1/64, fd00:b::1/64", "Address = fe80::1/64, fd00:a::1/64")]
    [InlineData("Address = fd99::1/64, fd00:a::7/64", "Address = fd99::1/64, fd00:a::1/64")]
    [InlineData("Address = fe80::1/64", "Address = fd00:a::1/64\nAddress = fe80::1/64")]
    [InlineData("Address =", "Address = fd00:a::1/64\nAddress =")]
    [InlineData("Address = 10.9.0.1/24", "Address = fd00:a::1/64\nAddress = 10.9.0.1/24")]
    [InlineData("# no address", "Address = fd00:a::1/64\n# no address")]
    public void Another_address_takes_the_place_of_the_gateways_and_of_nothing_else(string before, string after)
    {
        Write($"{before}\nListenPort = 51820");

        Read().For(Some.Fleet("alpha", "fd00:a::/64").Tunnel).Write();

        File.ReadAllText(Conf).ShouldBe($"[Interface]\n{after}\nListenPort = 51820\nPrivateKey = {Key.Reveal()}\n");
        Read().Addresses.ShouldContain(TunnelConf.AddressOf(Some.Fleet("alpha", "fd00:a::/64").Network));
    }

    [Theory]
    [InlineData("Address = fd00:a::1/64", "Address = fd00:a::1/64\nAddress = 10.7.0.1/24 # ip4 of wg-fleet.yaml")]
    [InlineData("Address = fd00:a::1/64\nAddress = 10.9.0.1/24", "Address = fd00:a::1/64\nAddress = 10.9.0.1/24\nAddress = 10.7.0.1/24 # ip4 of wg-fleet.yaml")]
    [InlineData("Address = 10.6.0.1/16 # ip4 of wg-fleet.yaml\nAddress = fd00:a::1/64", "Address = fd00:a::1/64\nAddress = 10.7.0.1/24 # ip4 of wg-fleet.yaml")]
    [InlineData("Address = fd00:a::1/64, 10.7.0.1/24", "Address = fd00:a::1/64, 10.7.0.1/24")]
    public void An_IPv4_address_is_added_and_takes_the_place_of_the_one_that_was_added_before(string before, string after)
    {
        Write($"{before}\nListenPort = 51820");

        Read().For((Some.Fleet("alpha", "fd00:a::/64") with { SecondNetwork = Some.Network("10.7.0.0/24") }).Tunnel).Write();

        File.ReadAllText(Conf).ShouldBe($"[Interface]\n{after}\nListenPort = 51820\nPrivateKey = {Key.Reveal()}\n");
    }

    [Fact]
    public void Without_an_IPv4_network_the_address_that_was_added_is_removed_and_the_operators_stay()
    {
        Write("Address = 10.9.0.1/24\nAddress = fd00:a::1/64\nAddress = 10.7.0.1/24 # ip4 of wg-fleet.yaml\nListenPort = 51820");

        Read().For(Some.Fleet("alpha", "fd00:a::/64").Tunnel).Addresses.Select(a => $"{a}").ShouldBe(["10.9.0.1/24", "fd00:a::1/64"]);
    }

    [Theory]
    [InlineData("ListenPort = 1", "ListenPort = 51820")]
    [InlineData("ListenPort=", "ListenPort= 51820")]
    [InlineData("ListenPort = # none", "ListenPort = 51820 # none")]
    [InlineData("ListenPort = many", "ListenPort = 51820")]
    [InlineData("ListenPort = 7\nLISTENPORT = 8", "ListenPort = 7\nLISTENPORT = 51820")]
    public void The_port_that_counts_is_changed_and_no_other(string before, string after)
    {
        Write($"Address = fd00:a::1/64\n{before}");

        Read().For(Some.Fleet("alpha", "fd00:a::/64").Tunnel).Write();

        File.ReadAllText(Conf).Replace("=  ", "= ", StringComparison.Ordinal)
            .ShouldBe($"[Interface]\nAddress = fd00:a::1/64\n{after}\nPrivateKey = {Key.Reveal()}\n");
        Read().Port.ShouldBe(51820);
    }

    [Fact]
    public void Line_endings_and_bytes_that_are_not_text_stay_and_new_lines_get_the_same_ending()
    {
        byte[] before = [.. "[interface]\r\n# caf"u8, 0xe9, .. " \r\nPrivateKey = "u8, .. System.Text.Encoding.ASCII.GetBytes(Key.Reveal())];
        File.WriteAllBytes(Conf, before);

        Read().For(Some.Fleet("alpha", "fd00:a::/64").Tunnel).Write();

        byte[] after = [.. "[interface]\r\nAddress = fd00:a::1/64\r\nListenPort = 51820\r\n"u8, .. before[13..]];
        File.ReadAllBytes(Conf).ShouldBe(after);
    }

    [Fact]
    public void Before_the_first_change_a_copy_is_kept_that_later_changes_leave_alone()
    {
        Write("Address = fd00:a::1/64\nListenPort = 1");
        var original = File.ReadAllText(Conf);

        Read().For(Some.Fleet("alpha", "fd00:a::/64").Tunnel).Write();
        Read().For(Some.Fleet("alpha", "fd00:a::/64", 7777).Tunnel).Write();

        File.ReadAllText(Copy).ShouldBe(original);
        File.GetUnixFileMode(Copy).ShouldBe(UnixFileMode.UserRead);
        Read().Port.ShouldBe(7777);
    }

    [Theory]
    [InlineData("ListenPort = 51820", null)]
    [InlineData("# PostUp = reboot\n\nmtu = 1380 # small", null)]
    [InlineData("PostUp = echo up", "PostUp in line 2")]
    [InlineData("MTU = 1400\npostup=echo up", "postup in line 3")]
    [InlineData("DNS = fd00::53", "DNS in line 2")]
    [InlineData("Table = off", "Table in line 2")]
    [InlineData("SaveConfig = true", "SaveConfig in line 2")]
    [InlineData("FwMark = 0x1", "FwMark in line 2")]
    [InlineData("nonsense", "nonsense in line 2")]
    [InlineData("[Peer]", "[Peer] in line 2")]
    public void A_line_that_only_wg_quick_understands_is_named(string line, string? reason)
    {
        File.WriteAllText(Conf, $"[Interface]\n{line}\n[Interface]\nPrivateKey = {Key.Reveal()}\n");

        Read().NeedsWgQuick.ShouldBe(reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[Interface]\nListenPort = 1\n")]
    [InlineData("[Interface]\nPrivateKey =")]
    [InlineData("[Interface]\nPrivateKey = c2hvcnQ=\n")]
    [InlineData("[Interface]\n# PrivateKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("[Interface]\n[Peer]\nPrivateKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("PrivateKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n[Interface]\n")]
    [InlineData("[Interface\nPrivateKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    public void A_file_without_its_key_is_refused_and_stays(string text)
    {
        File.WriteAllText(Conf, text);

        Refused().ShouldBe($"{Conf} has no valid PrivateKey: restore it from a backup, or remove it to make a new key (then clients must register again)");
        File.ReadAllText(Conf).ShouldBe(text);
    }

    [Theory]
    [InlineData("[Interface]\n{key}\nAddress = gateway/64\n", "\"gateway/64\" in line 3 is not an address")]
    [InlineData("[Interface]\n{key}\nAddress = fd00:a::1/64; 10.9.0.1/24\n", "\"fd00:a::1/64;\" in line 3 is not an address")]
    [InlineData("[Interface]\n{key}\nMTU = big\n", "the MTU in line 3 is not a number from 576 to 65535")]
    public void A_damaged_file_is_refused_in_one_line_and_stays(string text, string problem)
    {
        text = text.Replace("{key}", $"PrivateKey = {Key.Reveal()}", StringComparison.Ordinal);
        File.WriteAllText(Conf, text);
        var before = File.ReadAllBytes(Conf);

        Refused().ShouldBe($"{Conf} is damaged: {problem}; correct it, or restore it from a backup");
        File.ReadAllBytes(Conf).ShouldBe(before);
    }

    [Fact]
    public void A_file_of_megabytes_is_refused_without_reading_it()
    {
        using (var file = File.Create(Conf))
            file.SetLength(1L << 40);

        Refused().ShouldBe($"{Conf} is damaged: it is longer than 1024 KiB; restore it from a backup");
    }

    [Fact]
    public void Without_a_file_there_is_none() => TunnelConf.Read(_folder.File("nosuch/wg_alpha.conf")).ShouldBeNull();

    [Fact]
    public void A_directory_that_cannot_be_written_is_named_and_keeps_its_file()
    {
        using var folder = Folder.OfSize("64k");
        File.WriteAllText(folder.File("wg_alpha.conf"), "old");
        File.WriteAllBytes(folder.File("ballast"), new byte[60 * 1024]);

        WriteTo(folder.File("wg_alpha.conf")).ShouldStartWith($"{folder.File("wg_alpha.conf")} cannot be written: No space left on device");
        folder.Names().ShouldBe(["ballast", "wg_alpha.conf"]);
        File.ReadAllText(folder.File("wg_alpha.conf")).ShouldBe("old");

        folder.Remount("ro");
        WriteTo(folder.File("wg_alpha.conf")).ShouldStartWith($"{folder.File("wg_alpha.conf")} cannot be written: Read-only file system");
        WriteTo(folder.File("new/wg_alpha.conf")).ShouldStartWith($"{folder.File("new/wg_alpha.conf")} cannot be written: Read-only file system");
        WriteTo(folder.File("ballast/wg_alpha.conf")).ShouldStartWith($"{folder.File("ballast/wg_alpha.conf")} cannot be written: ");

        static string WriteTo(string path) => Should.Throw<TunnelException>(() => TunnelConf.New(Some.Fleet("alpha", "fd00:a::/64").Tunnel, Key, path).Write()).Message;
    }

    private TunnelConf Read() => TunnelConf.Read(Conf)!;

    private string Refused() => Should.Throw<TunnelException>(Read).Message;

    private void Write(string lines) => File.WriteAllText(Conf, $"[Interface]\n{lines}\nPrivateKey = {Key.Reveal()}\n");
}
