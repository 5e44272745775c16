using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WgFleet.Testing;

/// <summary>Sends bytes that no client library would send, and reads the answer until the server closes the connection.</summary>
internal static class RawHttp
{
    public static async Task<string> SendAsync(Uri server, string request, IPAddress? from = null)
    {
        var address = IPAddress.Parse(server.Host.Trim('[', ']'));
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (from is not null)
            socket.Bind(new IPEndPoint(from, 0));

        await socket.ConnectAsync(address, server.Port, TestServer.Ct);
        await socket.SendAsync(Encoding.UTF8.GetBytes(request), TestServer.Ct);

        var answer = new MemoryStream();
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, TestServer.Ct) is var count and > 0)
            answer.Write(buffer, 0, count);

        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
