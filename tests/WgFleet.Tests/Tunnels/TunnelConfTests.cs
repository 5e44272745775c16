using WgFleet.Tests.Hooks;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet.Tests.Tunnels;

public class TunnelConfTests
{
    private static readonly PrivateKey Key = PrivateKey.Generate();

    [Fact]
    public void The_file_is_the_Python_servers_to_the_byte_and_only_its_owner_reads_it()
    {
        using var folder = new Folder();
        var path = folder.File("wireguard/wg_alpha.conf");

        TunnelConf.New(Some.Fleet("alpha", "fd00:a::/64") with { Ip6Text = "FD00:A::1" }, Key).Write(path);

        File.ReadAllText(path).ShouldBe($"[Interface]\nAddress = FD00:A::1/64\nListenPort = 51820\nPrivateKey = {Key.Reveal()}\n");
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead);
        File.GetUnixFileMode(folder.File("wireguard")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.GetFiles(folder.File("wireguard")).ShouldBe([path]);
    }

    [Fact]
    public void What_was_added_by_hand_outlives_a_change_of_port_and_address()
    {
        using var folder = new Folder();
        var path = folder.File("wg_alpha.conf");
        File.WriteAllText(path, $"""
            # ours since 2024
            [Interface]
            MTU = 1380
            PrivateKey={Key.Reveal()} # do not lose
            Address = fd00:a::1/64
            Address = 10.0.0.1/24
            listenport = 1 # old
            PostUp = iptables -A FORWARD -i %i -j ACCEPT
            """);

        var found = TunnelConf.Read(path)!;
        (found.Address, found.ListenPort, found.PrivateKey.PublicKey).ShouldBe(("fd00:a::1/64", 1, Key.PublicKey));
        found.For(Some.Fleet("alpha", "fd00:a:b::/48")).Write(path);

        File.ReadAllText(path).ShouldBe($"""
            # ours since 2024
            [Interface]
            MTU = 1380
            PrivateKey={Key.Reveal()} # do not lose
            Address = fd00:a:b::1/48
            Address = 10.0.0.1/24
            ListenPort = 51820
            PostUp = iptables -A FORWARD -i %i -j ACCEPT

            """);
    }

    [Fact]
    public void Lines_that_are_missing_are_put_below_the_heading()
    {
        using var folder = new Folder();
        var path = folder.File("wg_alpha.conf");
        File.WriteAllText(path, $"[interface]\r\nPrivateKey = {Key.Reveal()}\r\n");

        TunnelConf.Read(path)!.For(Some.Fleet("alpha", "fd00:a::/64")).Write(path);

        File.ReadAllText(path).ShouldBe($"[interface]\nAddress = fd00:a::1/64\nListenPort = 51820\nPrivateKey = {Key.Reveal()}\n");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[Interface]\nListenPort = 1\n")]
    [InlineData("[Interface]\nPrivateKey =\n")]
    [InlineData("[Interface]\nPrivateKey = c2hvcnQ=\n")]
    [InlineData("[Interface]\n# PrivateKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    public void A_file_without_its_key_is_refused_and_stays(string text)
    {
        using var folder = new Folder();
        var path = folder.File("wg_alpha.conf");
        File.WriteAllText(path, text);

        Should.Throw<TunnelException>(() => TunnelConf.Read(path)).Message
            .ShouldBe($"{path} has no valid PrivateKey: restore it from a backup, or remove it to make a new key (then clients must register again)");
        File.ReadAllText(path).ShouldBe(text);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named_and_keeps_its_file()
    {
        using var folder = Folder.OfSize("64k");
        File.WriteAllText(folder.File("wg_alpha.conf"), "old");
        File.WriteAllBytes(folder.File("ballast"), new byte[60 * 1024]);

        Write(folder.File("wg_alpha.conf")).ShouldStartWith($"{folder.File("wg_alpha.conf")} cannot be written: No space left on device");
        folder.Names().ShouldBe(["ballast", "wg_alpha.conf"]);
        File.ReadAllText(folder.File("wg_alpha.conf")).ShouldBe("old");

        folder.Remount("ro");
        Write(folder.File("wg_alpha.conf")).ShouldStartWith($"{folder.File("wg_alpha.conf")} cannot be written: Read-only file system");
        Write(folder.File("new/wg_alpha.conf")).ShouldStartWith($"{folder.File("new/wg_alpha.conf")} cannot be written: Read-only file system");
        Write(folder.File("ballast/wg_alpha.conf")).ShouldStartWith($"{folder.File("ballast/wg_alpha.conf")} cannot be written: ");

        static string Write(string path) => Should.Throw<TunnelException>(() => TunnelConf.New(Some.Fleet("alpha", "fd00:a::/64"), Key).Write(path)).Message;
    }

    [Fact]
    public void What_prints_it_does_not_print_the_key() =>
        TunnelConf.New(Some.Fleet("alpha", "fd00:a::/64"), Key).ToString().ShouldNotContain(Key.Reveal());
}
