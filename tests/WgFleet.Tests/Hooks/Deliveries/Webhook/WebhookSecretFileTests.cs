using System.Diagnostics;
using WgFleet.Config;
using WgFleet.Hooks.Deliveries.Webhook;

namespace WgFleet.Tests.Hooks.Deliveries.Webhook;

public sealed class WebhookSecretFileTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(24, "whsec_", "")]
    [InlineData(32, "whsec_", "\n")]
    [InlineData(32, "", "\r\n")]
    [InlineData(64, "", "")]
    public void A_secret_is_base64_with_or_without_its_prefix_and_a_line_end(int length, string prefix, string end)
    {
        var secret = new byte[length];
        Random.Shared.NextBytes(secret);
        var file = _folder.Secret("key", prefix + Convert.ToBase64String(secret) + end);

        SecretFile.Problem(file).ShouldBeNull();
        SecretFile.Read(file).ShouldBe(secret);
    }

    [Theory]
    [InlineData("", "holds a secret of 0 bytes")]
    [InlineData("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "holds a secret of 23 bytes")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "holds a secret of 65 bytes")]
    [InlineData("correct horse battery staple!!", "holds no base64")]
    [InlineData("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "holds no base64")]
    public void An_invalid_secret_is_an_error_that_does_not_show_it(string content, string problem)
    {
        var file = _folder.Secret("key", content);

        var sentence = SecretFile.Problem(file).ShouldNotBeNull();

        sentence.ShouldStartWith($"secret file {file} {problem}");
        if (content.Length > 0)
            sentence.ShouldNotContain(content);
    }

    [Theory]
    [InlineData(0x1A0, "0640")]
    [InlineData(0x184, "0604")]
    [InlineData(0x190, "0620")]
    [InlineData(0x1B6, "0666")]
    public void A_secret_file_that_others_may_open_is_an_error(int mode, string octal)
    {
        var file = _folder.Secret("key", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", (UnixFileMode)mode);

        SecretFile.Problem(file).ShouldBe($"secret file {file} is open to others (mode {octal}): chmod 600 {file}");
    }

    [Fact]
    public void The_target_of_a_link_is_checked()
    {
        File.CreateSymbolicLink(_folder.File("good"), _folder.Secret("a", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
        File.CreateSymbolicLink(_folder.File("bad"), _folder.Secret("b", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", (UnixFileMode)0x1A4));

        SecretFile.Problem(_folder.File("good")).ShouldBeNull();
        SecretFile.Problem(_folder.File("bad")).ShouldNotBeNull().ShouldContain("open to others");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_missing_file_and_a_directory_are_errors_at_once()
    {
        var pipe = _folder.File("pipe");
        using (var mkfifo = Process.Start("mkfifo", ["-m", "600", pipe]))
            await mkfifo.WaitForExitAsync();

        SecretFile.Problem(_folder.File("none")).ShouldBe($"there is no secret file {_folder.File("none")}");
        SecretFile.Problem(_folder.Path).ShouldBe($"secret file {_folder.Path} is not a regular file");

        // Opening it would wait for a writer.
        (await Task.Run(() => SecretFile.Problem(pipe)).WaitAsync(WebhookSending.Ct)).ShouldBe($"secret file {pipe} is not a regular file");
    }

    [Fact]
    public void No_printed_text_has_the_secret()
    {
        const string Content = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=";
        var config = new WebhookConfig { Url = new Uri("http://hook.test/"), SecretFiles = [_folder.Secret("key", Content)] };
        using var delivery = new WebhookDelivery(config, TimeProvider.System);

        $"{config} {delivery} {WebhookSending.Attempt()}".ShouldNotContain("QUJD");
    }
}
