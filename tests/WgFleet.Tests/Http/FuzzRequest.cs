using System.Globalization;
using System.Text;

namespace WgFleet.Tests.Http;

/// <summary>Makes a request that something may be wrong with, from a number: the same number, the same bytes.</summary>
internal sealed class FuzzRequest(int seed)
{
    private static readonly string[] OddMethods = ["HEAD", "PUT", "OPTIONS", "DELETE", "post", "TRACE", "BREW", "P\u00d6ST", ""];

    private static readonly string[] Paths =
    [
        "/fleet/alpha/register", "/fleet/alpha/register", "/fleet/alpha/ping", "/fleet/alpha/ping", "/fleet/alpha/leave", "/fleet/beta/register", "/fleet/nosuch/register", "/fleet/alpha/join.sh",
        "/healthz", "/readyz", "/", "/fleet/alpha", "/hooks", "/login", "/logout", "/metrics", "/docs", "/assets/site.css", "/sd/prometheus", "/api/v1/clients", "/api/v1/clients/x",
        "/api/v1/tokens", "/api/v1/history/x", "/api/v1/hooks", "*", "", "http://127.0.0.1/fleet/alpha/register", "http://evil.example/",
    ];

    private static readonly string[] Tricks =
    [
        "%00", "%2f", "%2e%2e/", "../", "./", "//", "/", ";", ";x=1", "%", "%zz", "%ff", "%c0%af", "%u0041", "?", "?q=%00%ff&sort=x&page=-1&limit=99999999999999999999&cursor=_&fleet=&port=x",
        "#", "\\", "\u00e4", "\ud83d\ude00", "\t", "%0d%0aX-Y:%20z", "{fleet}", "'", "\"", "<script>", "$(reboot)", "\0", "\u007f", "+", "&&&", "=",
    ];

    private static readonly string[] Values =
    [
        "", " ", "x", "0", "-1", "18446744073709551616", "fd00:a::2", "fd00:a::2, 127.0.0.1", "::1", "127.0.0.1", "fd00:a::2%eth0", "[fd00:a::2]:80", "::ffff:1.2.3.4", ",,,,", "for=127.0.0.1;proto=https",
        "application/json", "application/json; charset=utf-16", "text/plain", "multipart/form-data; boundary=", "application/x-www-form-urlencoded", "Bearer", "Bearer ", "Bearer wgf_00000000_x", "Basic Og==",
        "gzip, deflate, br", "100-continue", "chunked", "close", "keep-alive", "Upgrade, HTTP2-Settings", "h2c", "wg-fleet-session=%00; wg-fleet-form=x", "null", "https://evil.example", "bytes=0-,0-,0-",
        "W/\"x\"", "\u00ff\u00fe", "a\tb", "%0d%0a", "<script>", "text/event-stream;q=", "*/*;q=99", "\"", "\\",
    ];

    private static readonly string[] Names =
    [
        "Content-Type", "X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Authorization", "Cookie", "Origin", "Sec-Fetch-Site", "Expect", "Connection", "Upgrade",
        "If-None-Match", "Last-Event-ID", "Range", "Accept-Encoding", "Content-Encoding", "X-HTTP-Method-Override", "Te", "Accept", "x",
    ];

    private static readonly string[] OddNames = ["Host", "Content-Length", "Transfer-Encoding", "Trailer", "", "a b", "x:y", "\u00e4", "Host "];

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", "\"public_key\":", "\"hostname\":", "\"web\"", "null", "true", "1e999", "-0", "\"\\ud800\"", "\"\\u0000\"", "\"\\", ",", ":", "\"\"", " ", "\n", "\ufeff", "{}", "[[[[[[[[", "/**/", "NaN", "'",
        "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"", "\"__proto__\":", "\u2028", "\0",
    ];

    private readonly Random _random = new(seed);

    public byte[] Bytes()
    {
        var body = Body();
        var text = new StringBuilder();
        text.Append(Chance(10) ? Pick(OddMethods) : Chance(70) ? "POST" : "GET").Append(' ').Append(Path()).Append(Chance(4) ? Pick([" HTTP/1.0", " HTTP/2.0", " HTTP/1.1 x", "", " HTTP/9", "\tHTTP/1.1"]) : " HTTP/1.1").Append("\r\n");
        if (!Chance(3))
            text.Append("Host: 127.0.0.1\r\n");

        var framed = Chance(95);
        var chunked = framed && Chance(25);
        if (framed)
            text.Append(chunked ? "Transfer-Encoding: chunked\r\n" : string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length + (Chance(4) ? _random.Next(-3, 4) : 0)}\r\n"));
        if (Chance(60))
            text.Append("Content-Type: application/json\r\n");
        if (Chance(40))
            text.Append("X-Forwarded-For: fd00:a::").Append(_random.Next(1, 9)).Append("\r\n");

        for (var count = Chance(3) ? _random.Next(100, 300) : _random.Next(0, 4); count > 0; count--)
            text.Append(Pick(Chance(5) ? OddNames : Names)).Append(Chance(98) ? ": " : Pick(["", ":", " :", "="])).Append(Pick(Values)).Append(Chance(1) ? "\n" : "\r\n");
        if (Chance(2))
            text.Append("X-Long: ").Append('a', _random.Next(30_000, 40_000)).Append("\r\n");
        text.Append("Connection: close\r\n\r\n");

        byte[] all = [.. Encoding.UTF8.GetBytes(text.ToString()), .. chunked ? Chunks(body) : body];
        for (var flips = Chance(8) ? _random.Next(1, 6) : 0; flips > 0; flips--)
            all[_random.Next(all.Length)] = (byte)_random.Next(256);

        return Chance(4) ? all[.._random.Next(all.Length)] : all;
    }

    private string Path()
    {
        var path = Pick(Paths);
        for (var tricks = Chance(35) ? _random.Next(1, 4) : 0; tricks > 0; tricks--)
            path = path.Insert(_random.Next(path.Length + 1), Pick(Tricks));

        return Chance(2) ? path + new string('a', _random.Next(1_000, 20_000)) : path;
    }

    private byte[] Body()
    {
        switch (_random.Next(10))
        {
            case 0:
                return [];
            case 1:
                var noise = new byte[_random.Next(1, 2_000)];
                _random.NextBytes(noise);
                return noise;
            case 2:
                return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Pick(["[", "{\"a\":", "\"", "1", " "]), _random.Next(1, 3_000))));
            case 3:
                return Chance(30) ? [.. Enumerable.Repeat((byte)'a', (64 * 1024) + _random.Next(-2, 3))] : """{"hostname":"web"}"""u8.ToArray();
            case 4:
                var key = new byte[32];
                _random.NextBytes(key);
                return Encoding.UTF8.GetBytes($$"""{"public_key":"{{Convert.ToBase64String(key)}}"}""");
            default:
                return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, _random.Next(1, 12)).Select(_ => Pick(Pieces))));
        }
    }

    private byte[] Chunks(byte[] body)
    {
        var size = Chance(80) ? body.Length.ToString("x", CultureInfo.InvariantCulture) : Pick(["", "-1", "zz", "ffffffffffffffff", "0x5", "5;a=b", "00000000000000000005"]);
        return [.. Encoding.ASCII.GetBytes(size + "\r\n"), .. body, .. Encoding.ASCII.GetBytes(Pick(["\r\n0\r\n\r\n", "\r\n0\r\n\r\n", "\r\n0\r\nX: y\r\n\r\n", "\r\n", ""]))];
    }

    private bool Chance(int percent) => _random.Next(100) < percent;

    private string Pick(string[] from) => from[_random.Next(from.Length)];
}
