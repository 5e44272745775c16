namespace WgFleet.WireGuard.Tests;

public class KeyTests
{
    [Theory]
    [InlineData("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a", "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")]
    [InlineData("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb", "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")]
    public void Public_keys_match_RFC_7748(string privateKey, string publicKey) =>
        PrivateKey.FromBytes(Convert.FromHexString(privateKey)).PublicKey.ShouldBe(new WireGuardKey(Convert.FromHexString(publicKey)));

    [Fact]
    public async Task The_public_key_of_a_wg_genkey_key_matches_wg_pubkey()
    {
        var text = (await Command.RunAsync("wg", ["genkey"])).TrimEnd();

        var key = PrivateKey.Parse(text);

        key.Reveal().ShouldBe(text);
        key.PublicKey.ToString().ShouldBe(await PublicKeyByWg(key));
    }

    [Fact]
    public async Task The_public_key_of_a_generated_key_matches_wg_pubkey()
    {
        var key = PrivateKey.Generate();

        key.PublicKey.ToString().ShouldBe(await PublicKeyByWg(key));
    }

    [Fact]
    public void Generated_keys_are_clamped_and_all_different()
    {
        var keys = Enumerable.Range(0, 100).Select(_ => PrivateKey.Generate()).ToList();

        keys.Select(k => k.Reveal()).Distinct().Count().ShouldBe(100);
        foreach (var bytes in keys.Select(k => Convert.FromBase64String(k.Reveal())))
        {
            (bytes[0] & 0b111).ShouldBe(0);
            (bytes[31] >> 6).ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_generated_preshared_key_is_one_that_wg_takes_and_is_shown_nowhere()
    {
        var (key, other) = (PresharedKey.Generate(), PresharedKey.Generate());

        PresharedKey.Parse(key.Reveal()).ShouldBe(key);
        key.ShouldNotBe(other);
        $"{key} {new Peer(default, [], null, null, 0, 0) { PresharedKey = key }}".ShouldNotContain(key.Reveal());
        (await Command.RunAsync("wg", ["pubkey"], key.Reveal())).Length.ShouldBe(45);
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=")]
    public void Text_that_is_no_preshared_key_is_an_error_that_does_not_quote_it(string text) =>
        Should.Throw<FormatException>(() => PresharedKey.Parse(text)).Message.ShouldBe("not a WireGuard preshared key (44 characters of base64)");

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    public void Text_that_is_not_a_key_is_an_error_that_does_not_quote_the_text(string text)
    {
        var message = Should.Throw<FormatException>(() => PrivateKey.Parse(text)).Message;

        message.ShouldBe("not a WireGuard private key (44 characters of base64)");
        Should.Throw<FormatException>(() => WireGuardKey.Parse(text));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_key_of_another_length_than_32_bytes_is_refused(int length)
    {
        Should.Throw<ArgumentException>(() => PrivateKey.FromBytes(new byte[length]));
        Should.Throw<ArgumentException>(() => new WireGuardKey(new byte[length]));
    }

    [Fact]
    public void A_private_key_prints_as_hidden_on_its_own_and_inside_other_types()
    {
        var key = PrivateKey.Generate();

        $"{key} {new Device("wg_alpha", key, 51820, [])}".ShouldNotContain(key.Reveal());
        key.ToString().ShouldBe("(hidden)");
    }

    [Fact]
    public void Public_keys_are_compared_by_value()
    {
        var key = PrivateKey.Generate().PublicKey;
        var same = WireGuardKey.Parse(key.ToString());
        var other = PrivateKey.Generate().PublicKey;

        (key == same).ShouldBeTrue();
        key.GetHashCode().ShouldBe(same.GetHashCode());
        (key != other).ShouldBeTrue();
        key.ToArray().ShouldBe(same.ToArray());
    }

    private static async Task<string> PublicKeyByWg(PrivateKey key) =>
        (await Command.RunAsync("wg", ["pubkey"], key.Reveal() + "\n")).TrimEnd();
}
