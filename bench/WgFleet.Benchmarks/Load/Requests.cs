using System.Net;
using System.Text;
using WgFleet.Benchmarks.Gateways;

namespace WgFleet.Benchmarks.Load;

/// <summary>The requests of clients and browsers, as bytes.</summary>
internal static class Requests
{
    public static byte[] Register { get; } = Encoding.ASCII.GetBytes(
        $"POST /fleet/{Gateway.Fleet}/register HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nContent-Length: 0\r\n\r\n");

    /// <summary>Whether all fleets can take clients.</summary>
    public static byte[] Ready { get; } = Encoding.ASCII.GetBytes("GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n");

    public static byte[] Page { get; } = Encoding.ASCII.GetBytes(
        $"GET /fleet/{Gateway.Fleet} HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n");

    /// <summary>A ping of a client, as a proxy on the gateway would forward it; without a hostname if that is null.</summary>
    public static byte[] Ping(IPAddress client, string? hostname)
    {
        var body = hostname is null ? "{}" : $$"""{"hostname":"{{hostname}}"}""";
        return Encoding.ASCII.GetBytes(
            $"POST /fleet/{Gateway.Fleet}/ping HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nX-Forwarded-For: {client}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }
}
