namespace WgFleet.SystemTests.Fleets;

/// <summary>Debian's nginx in front of the server, with TLS.</summary>
internal static class Proxy
{
    /// <summary>Where its certificate is, on the machine that it runs on.</summary>
    public const string Certificate = "/run/proxy/certificate.pem";

    /// <summary>The shell commands that run it.</summary>
    /// <param name="address">The IPv4 address that it listens on, port 443.</param>
    /// <param name="server">The address and port of the server.</param>
    public static string Nginx(string address, string server) => $$"""
        mkdir -p /run/proxy
        cd /run/proxy
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=proxy -addext subjectAltName=IP:{{address}} \
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
                listen {{address}}:443 ssl;
                ssl_certificate /run/proxy/certificate.pem;
                ssl_certificate_key /run/proxy/key.pem;
                location / {
                    proxy_pass http://{{server}};
                    proxy_set_header Host $http_host;
                    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                    proxy_set_header X-Forwarded-Proto $scheme;
                }
            }
        }
        END
        exec nginx -c /run/proxy/nginx.conf
        """;
}
