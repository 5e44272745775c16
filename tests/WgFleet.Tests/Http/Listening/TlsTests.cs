using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Hosting;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Http.Listening;

public sealed class TlsTests : IDisposable
{
    private readonly Folder _folder = new();

    [Fact]
    public async Task A_new_certificate_is_used_by_the_next_connection()
    {
        await MakeAsync("one");
        await using var server = await StartAsync(WithTls);
        var url = server.Addresses.Single(a => a.Scheme == "https");

        (await RunAsync("curl", "-sS", "--cacert", _folder.File("cert.pem"), $"{url}healthz")).ShouldBe((0, """{"status":"ok"}"""));
        (await server.Http.GetStringAsync("/healthz", Ct)).ShouldBe("""{"status":"ok"}""");
        (await SubjectAsync(url)).ShouldBe("CN=one");

        await MakeAsync("two");

        (await SubjectAsync(url)).ShouldBe("CN=two");
        (await RunAsync("curl", "-sS", "--cacert", _folder.File("cert.pem"), $"{url}healthz")).ShouldBe((0, """{"status":"ok"}"""));
    }

    [Fact]
    public async Task The_previous_certificate_stays_in_use_while_the_files_do_not_match()
    {
        await MakeAsync("one");
        await using var server = await StartAsync(WithTls);
        var url = server.Addresses.Single(a => a.Scheme == "https");
        var key = await File.ReadAllBytesAsync(_folder.File("key.pem"), Ct);

        await MakeAsync("two");
        var newKey = await File.ReadAllBytesAsync(_folder.File("key.pem"), Ct);
        await File.WriteAllBytesAsync(_folder.File("key.pem"), key, Ct);
        (await SubjectAsync(url)).ShouldBe("CN=one");
        File.Delete(_folder.File("key.pem"));
        (await SubjectAsync(url)).ShouldBe("CN=one");
        server.Log.At(LogLevel.Error).ShouldContain(m => m.Contains("cannot be used; the previous certificate stays in use"));

        await File.WriteAllBytesAsync(_folder.File("key.pem"), newKey, Ct);
        (await SubjectAsync(url)).ShouldBe("CN=two");
    }

    [Fact]
    public async Task A_session_that_began_over_TLS_has_a_secure_cookie()
    {
        await MakeAsync("one");
        await using var server = await StartAsync(WithTls);
        var url = server.Addresses.Single(a => a.Scheme == "https");
        var token = server.Token();
        using var browser = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject.StartsWith("CN=", StringComparison.Ordinal) == true },
        })
        {
            BaseAddress = url,
        };
        var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await browser.GetStringAsync("/login", Ct));
        var field = page.QuerySelector("input[type=hidden]")!;

        using var entered = await browser.PostAsync("/login", new FormUrlEncodedContent([KeyValuePair.Create(field.GetAttribute("name")!, field.GetAttribute("value")!), KeyValuePair.Create("token", token)]), Ct);

        entered.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        entered.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("wg-fleet-session=", StringComparison.Ordinal)).ShouldContain("; secure;");
    }

    [Fact]
    public async Task Unusable_TLS_files_stop_the_start_with_the_reason()
    {
        (await Should.ThrowAsync<StartupException>(() => StartAsync(WithTls))).Message.ShouldBe(
            $"tls: {_folder.File("cert.pem")} and {_folder.File("key.pem")} cannot be used: Could not find file '{_folder.File("cert.pem")}'.");
        await File.WriteAllTextAsync(_folder.File("cert.pem"), "nonsense", Ct);
        await File.WriteAllTextAsync(_folder.File("key.pem"), "nonsense", Ct);
        (await Should.ThrowAsync<StartupException>(() => StartAsync(WithTls))).Message.ShouldStartWith("tls: ");
    }

    public void Dispose() => _folder.Dispose();

    private ServerConfig WithTls(ServerConfig config) => config with
    {
        Tls = new TlsConfig { Certificate = _folder.File("cert.pem"), Key = _folder.File("key.pem"), Listen = [new IPEndPoint(IPAddress.Loopback, 0)] },
    };

    private async Task MakeAsync(string name) => (await RunAsync(
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", $"/CN={name}",
        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", _folder.File("key.pem"), "-out", _folder.File("cert.pem"))).Code.ShouldBe(0);

    private static async Task<string> SubjectAsync(Uri url)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, url.Port, Ct);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject.StartsWith("CN=", StringComparison.Ordinal) == true }, Ct);
        return tls.RemoteCertificate!.Subject;
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Ct), process.StandardError.ReadToEndAsync(Ct));
        await process.WaitForExitAsync(Ct);
        await error;
        return (process.ExitCode, await output);
    }
}
