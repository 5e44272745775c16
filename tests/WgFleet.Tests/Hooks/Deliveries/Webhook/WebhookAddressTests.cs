using System.Net;
using WgFleet.Config;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Deliveries.Webhook;
using static WgFleet.Tests.Hooks.Deliveries.Webhook.WebhookSending;

namespace WgFleet.Tests.Hooks.Deliveries.Webhook;

public class WebhookAddressTests
{
    [Theory]
    [InlineData("0.0.0.0", "unspecified")]
    [InlineData("0.1.2.3", "unspecified")]
    [InlineData("::", "unspecified")]
    [InlineData("169.254.0.0", "link-local")]
    [InlineData("169.254.169.254", "link-local")]
    [InlineData("169.254.255.255", "link-local")]
    [InlineData("fe80::1", "link-local")]
    [InlineData("fe80::1%1", "link-local")]
    [InlineData("febf:ffff::1", "link-local")]
    [InlineData("fd00:ec2::254", "metadata service of AWS")]
    [InlineData("fd00:ec2::23", "metadata service of AWS")]
    [InlineData("fd20:ce::254", "metadata service of Google Cloud")]
    [InlineData("100.100.100.200", "metadata service of Alibaba Cloud")]
    [InlineData("168.63.129.16", "metadata service of Azure")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("239.255.255.255", "multicast")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("255.255.255.255", "broadcast")]
    [InlineData("::ffff:169.254.169.254", "(IPv4-mapped 169.254.169.254) is link-local")]
    [InlineData("::ffff:0.0.0.0", "unspecified")]
    [InlineData("::169.254.169.254", "IPv4-compatible for 169.254.169.254")]
    [InlineData("::ffff:0:169.254.169.254", "IPv4-translated for 169.254.169.254")]
    [InlineData("64:ff9b::169.254.169.254", "NAT64 for 169.254.169.254")]
    [InlineData("64:ff9b::255.255.255.255", "NAT64 for 255.255.255.255")]
    [InlineData("64:ff9b:1::169.254.169.254", "NAT64 for 169.254.169.254")]
    [InlineData("2002:a9fe:a9fe::1", "6to4 for 169.254.169.254")]
    [InlineData("2002:e000:1::", "6to4 for 224.0.0.1")]
    [InlineData("2001:0:a9fe:a9fe::1", "Teredo for 169.254.169.254")]
    [InlineData("2001:0:c000:201::5601:5601", "Teredo for 169.254.169.254")]
    public void Forbidden_addresses_are_refused_whatever_is_allowed(string address, string why)
    {
        new AddressPolicy([]).Refusal(IPAddress.Parse(address)).ShouldNotBeNull().ShouldContain(why);

        var everything = new AddressPolicy([IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")]);
        everything.Refusal(IPAddress.Parse(address)).ShouldNotBeNull().ShouldContain(why);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("192.0.2.1")]
    [InlineData("fd00::1234")]
    [InlineData("fec0::1")]
    [InlineData("2001:db8::1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("2002:a00:1::1")]
    [InlineData("2001:0:c000:201::3fff:fdfe")]
    public void Any_other_address_is_allowed_by_default(string address) =>
        new AddressPolicy([]).Refusal(IPAddress.Parse(address)).ShouldBeNull();

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("fd00:1::5", true)]
    [InlineData("11.0.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("fd00:2::5", false)]
    [InlineData("64:ff9b::10.1.2.3", false)]
    public void With_allow_only_those_networks_are_allowed(string address, bool allowed)
    {
        var policy = new AddressPolicy([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00:1::/64")]);

        var refusal = policy.Refusal(IPAddress.Parse(address));

        if (allowed)
            refusal.ShouldBeNull();
        else
            refusal.ShouldBe($"{IPAddress.Parse(address)} is in no network of allow");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("http://169.254.169.254/latest/meta-data", "169.254.169.254 is link-local")]
    [InlineData("http://2852039166/", "169.254.169.254 is link-local")]
    [InlineData("http://0xa9.0376.169.254/", "169.254.169.254 is link-local")]
    [InlineData("http://[::ffff:169.254.169.254]/", "IPv4-mapped 169.254.169.254")]
    [InlineData("http://[64:ff9b::a9fe:a9fe]/", "NAT64 for 169.254.169.254")]
    [InlineData("https://[fd00:ec2::254]/", "metadata service of AWS")]
    [InlineData("http://0.0.0.0/", "0.0.0.0 is unspecified")]
    public async Task A_URL_with_a_forbidden_address_gets_no_connection(string url, string why)
    {
        var outcome = await SendAsync(To(new Uri(url)), null, (_, _) => throw new InvalidOperationException("an address was looked up"));

        outcome.Verdict.ShouldBe(DeliveryVerdict.Retry);
        outcome.Code.ShouldBeNull();
        outcome.Error.ShouldNotBeNull().ShouldStartWith("not connected to ");
        outcome.Error.ShouldContain(why);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_name_with_only_forbidden_addresses_gets_no_connection()
    {
        var outcome = await SendAsync(To(new Uri("http://hook.test/")), null, Resolving("169.254.169.254", "::ffff:224.0.0.1"));

        outcome.Verdict.ShouldBe(DeliveryVerdict.Retry);
        outcome.Error.ShouldBe("not connected to hook.test: 169.254.169.254 is link-local, as are the metadata services of clouds (169.254.0.0/16); "
            + "::ffff:224.0.0.1 (IPv4-mapped 224.0.0.1) is multicast (224.0.0.0/4)");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("169.254.169.254", "127.0.0.1")]
    [InlineData("fe80::1", "::ffff:127.0.0.1")]
    [InlineData("127.0.0.1", "169.254.169.254")]
    public async Task A_name_with_other_addresses_too_is_reached_by_those(string first, string second)
    {
        await using var receiver = await WebhookReceiver.StartAsync();

        var outcome = await SendAsync(To(Named(receiver)), null, Resolving(first, second));

        outcome.Verdict.ShouldBe(DeliveryVerdict.Delivered);
        receiver.Requests.Single().Headers["host"].ShouldBe($"hook.test:{receiver.Port}");
    }

    [Fact(Timeout = 60_000)]
    public async Task If_an_address_refuses_the_connection_the_next_one_is_tried()
    {
        await using var receiver = await WebhookReceiver.StartAsync();

        (await SendAsync(To(Named(receiver)), null, Resolving("127.0.0.2", "127.0.0.1"))).Verdict.ShouldBe(DeliveryVerdict.Delivered);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_name_is_looked_up_once_so_that_a_second_answer_cannot_redirect_the_connection()
    {
        var answers = new Queue<string>(["127.0.0.1", "169.254.169.254"]);
        await using var receiver = await WebhookReceiver.StartAsync();

        var outcome = await SendAsync(To(Named(receiver)), null, (host, _) => Resolving(answers.Dequeue())(host, Ct));

        outcome.Verdict.ShouldBe(DeliveryVerdict.Delivered);
        answers.Count.ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_receiver_outside_the_allowed_networks_gets_no_connection()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var config = new WebhookConfig { Url = receiver.Url, Allow = [IPNetwork.Parse("10.0.0.0/8")] };

        (await SendAsync(config)).Error.ShouldBe("not connected to 127.0.0.1: 127.0.0.1 is in no network of allow");
        receiver.Connections.ShouldBe(0);

        (await SendAsync(config with { Allow = [IPNetwork.Parse("127.0.0.0/8")] })).Verdict.ShouldBe(DeliveryVerdict.Delivered);
    }

    private static Uri Named(WebhookReceiver receiver) => new($"http://hook.test:{receiver.Port}/hook");
}
