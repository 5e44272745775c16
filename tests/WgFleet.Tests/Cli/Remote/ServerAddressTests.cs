using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using WgFleet.Tests.Hooks.Handlers;

namespace WgFleet.Tests.Cli.Remote;

/// <summary>Which server a command asks: by the command line, the environment, and over TLS.</summary>
public class ServerAddressTests
{
    [Fact]
    public async Task The_environment_names_the_server_and_the_token_and_the_command_line_wins()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HandlerTests.Second));
        await File.WriteAllTextAsync(host.FileOf("token"), (await host.RunAsync("tokens", "create", "--admin", "ci", "--scope", "read")).Output, Stage.Ct);
        await File.WriteAllTextAsync(host.FileOf("wrong"), "wgf_00000000_x\n", Stage.Ct);
        var server = host.Tcp.BaseAddress!.ToString();

        (await RunAsync([("WG_FLEET_SERVER", server), ("WG_FLEET_TOKEN_FILE", host.FileOf("token"))], "tokens", "list")).Out.ShouldContain("ci ");
        (await RunAsync([("WG_FLEET_SERVER", "http://127.0.0.1:1"), ("WG_FLEET_TOKEN_FILE", host.FileOf("wrong"))], "tokens", "list", "--server", server, "--token-file", host.FileOf("token")))
            .Out.ShouldContain("ci ");
        (await RunAsync([("WG_FLEET_SERVER", "http://127.0.0.1:1")], "tokens", "list", "--config", host.FileOf("wg-fleet.yaml"))).Out.ShouldContain("ci ");
        (await RunAsync([("WG_FLEET_SERVER", ""), ("WG_FLEET_TOKEN_FILE", "")], "tokens", "list", "--config", host.FileOf("wg-fleet.yaml"))).Out.ShouldContain("ci ");
        (await RunAsync([("WG_FLEET_SERVER", server), ("WG_FLEET_TOKEN_FILE", host.FileOf("wrong"))], "tokens", "list"))
            .ShouldBe(new CommandRun(1, "", "wg-fleet: the token is unknown, revoked or expired\n"));
        (await RunAsync([("WG_FLEET_SERVER", "nowhere")], "tokens", "list"))
            .ShouldBe(new CommandRun(1, "", "wg-fleet: WG_FLEET_SERVER 'nowhere' is not a server's address; use one such as https://fleet.example.com:8443\n"));
        (await RunAsync([("WG_FLEET_SERVER", "http://127.0.0.1:1")], "tokens", "list"))
            .ShouldBe(new CommandRun(1, "", "wg-fleet: no server answers at http://127.0.0.1:1: Connection refused\n"));
    }

    [Fact]
    public async Task A_configuration_whose_admin_socket_is_wrong_does_not_lead_to_the_server_of_the_default_socket()
    {
        using var folder = new Folder();
        var config = folder.File("wg-fleet.yaml");
        await File.WriteAllTextAsync(config, "admin_socket: run/admin.sock\n", Stage.Ct);

        var run = await RunAsync([], "tokens", "list", "--config", config);

        run.ExitCode.ShouldBe(78);
        run.Error.ShouldContain($"{config}:1: admin_socket: 'run/admin.sock'");
    }

    [Fact]
    public async Task A_server_with_a_certificate_of_a_private_authority_is_reached_only_with_cacert()
    {
        using var folder = new Folder();
        using var authority = Make("CN=authority", null, "authority");
        using var own = Make("CN=fleet", authority, "localhost");
        using var other = Make("CN=another", null, "another");
        var (trusted, wrong) = (folder.File("ca.pem"), folder.File("other.pem"));
        await File.WriteAllTextAsync(trusted, authority.ExportCertificatePem(), Stage.Ct);
        await File.WriteAllTextAsync(wrong, other.ExportCertificatePem(), Stage.Ct);
        await File.WriteAllTextAsync(folder.File("none.pem"), "no certificate\n", Stage.Ct);
        await File.WriteAllTextAsync(folder.File("bad.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", Stage.Ct);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(own)));
        await using var app = builder.Build();
        app.Run(c => c.Response.WriteAsync("{\"fleets\":[]}"));
        await app.StartAsync(Stage.Ct);
        var port = new Uri(app.Urls.First()).Port;
        var url = $"https://localhost:{port}";

        (await RunAsync([], "fleets", "--json", "--server", url, "--cacert", trusted)).ShouldBe(new CommandRun(0, "{\"fleets\":[]}\n", ""));
        (await RunAsync([("WG_FLEET_SERVER", url), ("WG_FLEET_CACERT", trusted)], "fleets", "--json")).ExitCode.ShouldBe(0);
        foreach (var without in new[] { await RunAsync([], "fleets", "--server", url), await RunAsync([], "fleets", "--server", url, "--cacert", wrong) })
        {
            (without.ExitCode, without.Out).ShouldBe((1, ""));
            without.Error.ShouldMatch($"\\Awg-fleet: the certificate of {url} is not trusted: [^\n]*; name its authority with --cacert FILE\n\\z");
        }

        (await RunAsync([], "fleets", "--server", $"https://127.0.0.1:{port}", "--cacert", trusted))
            .ShouldBe(new CommandRun(1, "", $"wg-fleet: the certificate of https://127.0.0.1:{port} is for another name; use the name of the server in --server\n"));
        (await RunAsync([], "fleets", "--server", url, "--cacert", folder.File("none.pem"))).ShouldBe(new CommandRun(1, "", $"wg-fleet: {folder.File("none.pem")} contains no certificate (PEM)\n"));
        (await RunAsync([], "fleets", "--server", url, "--cacert", folder.File("bad.pem"))).Error.ShouldMatch("\\Awg-fleet: [^\n]*contains a certificate that cannot be read: [^\n]*\n\\z");
        (await RunAsync([], "fleets", "--server", url, "--cacert", "/nosuch")).Error.ShouldMatch("\\Awg-fleet: the certificate authority cannot be read: [^\n]*\n\\z");
    }

    private static X509Certificate2 Make(string name, X509Certificate2? authority, string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority is null, false, 0, true));
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        if (authority is null)
            return request.CreateSelfSigned(from, to);

        // A certificate cannot last longer than its authority's, which was made some moments ago.
        using var signed = request.Create(authority, from, authority.NotAfter, [1, 2, 3]);
        using var both = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(both.Export(X509ContentType.Pfx), null);
    }

    private static async Task<CommandRun> RunAsync((string Name, string Value)[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "wg-fleet"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(Stage.Ct);
        return new CommandRun(process.ExitCode, await output, await error);
    }
}
