namespace WgFleet.WireGuard.Tests.Links;

public class InterfaceAddressTests
{
    [Theory]
    [InlineData("fd00:a::1/64", "fd00:a::1/64")]
    [InlineData("FD00:A::1/64", "fd00:a::1/64")]
    [InlineData("10.9.0.1/24", "10.9.0.1/24")]
    [InlineData("10.9.0.1", "10.9.0.1/32")]
    [InlineData("fd00::1", "fd00::1/128")]
    [InlineData("fd00::1/0", "fd00::1/0")]
    public void An_address_is_read_with_its_prefix_length(string text, string expected)
    {
        InterfaceAddress.TryParse(text, out var address).ShouldBeTrue();
        address!.ToString().ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/64")]
    [InlineData("fd00::1/")]
    [InlineData("fd00::1/129")]
    [InlineData("10.9.0.1/33")]
    [InlineData("10.9.0.1/-1")]
    [InlineData("10.9.0.1/ 24")]
    [InlineData("10.9/24")]
    [InlineData("168361985")]
    [InlineData("fe80::1%lo/64")]
    [InlineData("gateway/64")]
    public void Text_that_is_not_an_address_is_refused(string text) => InterfaceAddress.TryParse(text, out _).ShouldBeFalse();
}
