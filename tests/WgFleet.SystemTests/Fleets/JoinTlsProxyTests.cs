using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>join.sh behind a proxy that speaks TLS: the token never goes in clear.</summary>
public class JoinTlsProxyTests
{
    private const string Nginx = """
        mkdir -p /run/proxy
        cd /run/proxy
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=proxy -addext subjectAltName=IP:10.201.0.1 \
            -keyout key.pem -out certificate.pem 2>/dev/null
        cat >nginx.conf <<'END'
        daemon off;
        pid /run/proxy/pid;
        error_log stderr;
        events {}
        http {
            access_log off;
            client_body_temp_path /run/proxy/body;
            proxy_temp_path /run/proxy/proxy;
            fastcgi_temp_path /run/proxy/fastcgi;
            uwsgi_temp_path /run/proxy/uwsgi;
            scgi_temp_path /run/proxy/scgi;
            server {
                listen 10.201.0.1:443 ssl;
                ssl_certificate /run/proxy/certificate.pem;
                ssl_certificate_key /run/proxy/key.pem;
                location / {
                    proxy_pass http://127.0.0.1:8000;
                    proxy_set_header Host $http_host;
                    proxy_set_header X-Forwarded-For $remote_addr;
                    proxy_set_header X-Forwarded-Proto $scheme;
                }
            }
        }
        END
        exec nginx -c /run/proxy/nginx.conf
        """;

    // Only the proxy is reached from outside; inside of the tunnel there is no need for TLS.
    private const string Closed = Gateway.Alpha + "enrollment: token\n";

    [Fact]
    public async Task A_script_downloaded_over_TLS_registers_over_TLS()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Closed);
        await using var proxy = gateway.Machine.Start("sh", "-ec", Nginx);
        var machine = (await lan.AddClientAsync()).Machine;
        await machine.OwnFoldersAsync();
        await Deadline.UntilAsync("the proxy answers", async () =>
            (await gateway.Machine.TryRunAsync("curl", "-sf", "--cacert", "/run/proxy/certificate.pem", "https://10.201.0.1/healthz")).ExitCode == 0);
        await File.WriteAllTextAsync(Path.Combine(machine.Disk, "var-lib/ca.pem"), await gateway.Machine.RunAsync("cat", "/run/proxy/certificate.pem"), TestContext.Current.CancellationToken);
        var token = (await gateway.RunAsync("tokens", "create", "--enroll", "lab", "--config", gateway.ConfigFile)).Succeeded("tokens create");
        await File.WriteAllTextAsync(Path.Combine(machine.Disk, "var-lib/token"), token, TestContext.Current.CancellationToken);

        await machine.RunAsync("curl", "-sSf", "--cacert", "/var/lib/ca.pem", "-o", "/var/lib/join.sh", "https://10.201.0.1/fleet/alpha/join.sh");
        (await machine.RunAsync("cat", "/var/lib/join.sh")).ShouldContain("\nserver=${WG_FLEET_SERVER:-'https://10.201.0.1'}\n");
        (await machine.JoinAsync("--cacert", "/var/lib/ca.pem", "--token-file", "/var/lib/token")).ShouldContain("in the fleet at https://10.201.0.1 as excavator.alpha.example.net");

        await machine.ReachesGatewayAsync();
    }
}
